// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/profile_file.h"

#include <link.h>
#include <unistd.h>
#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "protozero/pbf_builder.hpp"
#include "runtime/internal/check.h"
#include "runtime/internal/frames.h"

namespace rt::internal {
namespace {

// The fields of profile.proto.
enum class Profile : protozero::pbf_tag_type {
  kSampleType = 1,
  kSample = 2,
  kMapping = 3,
  kLocation = 4,
  kFunction = 5,
  kStringTable = 6,
  kTimeNanos = 9,
  kDurationNanos = 10,
  kPeriodType = 11,
  kPeriod = 12,
};
enum class ValueType : protozero::pbf_tag_type { kType = 1, kUnit = 2 };
enum class Sample : protozero::pbf_tag_type {
  kLocationId = 1,
  kValue = 2,
  kLabel = 3,
};
enum class Label : protozero::pbf_tag_type {
  kKey = 1,
  kStr = 2,
  kNum = 3,
};
enum class Mapping : protozero::pbf_tag_type {
  kId = 1,
  kMemoryStart = 2,
  kMemoryLimit = 3,
  kFileOffset = 4,
  kFilename = 5,
  kHasFunctions = 7,
  kHasFilenames = 8,
  kHasLineNumbers = 9,
  kHasInlineFrames = 10,
};
enum class Location : protozero::pbf_tag_type {
  kId = 1,
  kMappingId = 2,
  kAddress = 3,
  kLine = 4,
};
enum class Line : protozero::pbf_tag_type { kFunctionId = 1, kLine = 2 };
enum class Function : protozero::pbf_tag_type {
  kId = 1,
  kName = 2,
  kSystemName = 3,
  kFilename = 4,
};

template <typename Message>
using Builder = protozero::pbf_builder<Message>;

// Code in memory, and the file that it is from.
struct Segment {
  uintptr_t begin;
  uintptr_t end;
  uint64_t offset;
  std::string file;
};

std::vector<Segment> Segments() {
  std::vector<Segment> result;
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* arg) {
        for (int i = 0; i < info->dlpi_phnum; ++i) {
          const auto& header = info->dlpi_phdr[i];
          if (header.p_type != PT_LOAD || !(header.p_flags & PF_X)) continue;
          uintptr_t begin = info->dlpi_addr + header.p_vaddr;
          static_cast<std::vector<Segment>*>(arg)->push_back(
              {begin, begin + header.p_memsz, header.p_offset,
               info->dlpi_name});
        }
        return 0;
      },
      &result);
  // The program itself comes first, and without a name.
  char path[4096];
  ssize_t size = readlink("/proc/self/exe", path, sizeof(path));
  if (size > 0 && !result.empty() && result[0].file.empty()) {
    result[0].file.assign(path, static_cast<size_t>(size));
  }
  return result;
}

// pprof cuts out what stands in parentheses, and would leave "rt::::f".
std::string WithoutAnonymous(std::string name) {
  constexpr std::string_view kAnonymous = "(anonymous namespace)::";
  for (size_t at; (at = name.find(kAnonymous)) != std::string::npos;) {
    name.erase(at, kAnonymous.size());
  }
  return name;
}

std::string Gzip(const std::string& data) {
  z_stream stream = {};
  constexpr int kGzip = 16;  // Added to the size of the window.
  constexpr int kDefaultMemory = 8;
  int status =
      deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
                   MAX_WBITS + kGzip, kDefaultMemory, Z_DEFAULT_STRATEGY);
  RT_CHECK(status == Z_OK, "zlib begins");
  std::string result(deflateBound(&stream, data.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  status = deflate(&stream, Z_FINISH);
  RT_CHECK(status == Z_STREAM_END, "deflateBound is a bound");
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

class Encoder {
 public:
  explicit Encoder(const ProfileData& data) : data_(data) { Text(""); }

  std::string Encode() {
    for (const auto& unit : data_.units) Add(Profile::kSampleType, unit);
    for (const auto& sample : data_.samples) Add(sample);
    AddMappings();
    if (data_.period_unit.type != nullptr) {
      Add(Profile::kPeriodType, data_.period_unit);
      profile_.add_int64(Profile::kPeriod, data_.period);
    }
    profile_.add_int64(Profile::kTimeNanos, data_.unix_ns);
    profile_.add_int64(Profile::kDurationNanos, data_.duration_ns);
    for (const std::string& text : texts_) {
      profile_.add_string(Profile::kStringTable, text);
    }
    return Gzip(message_);
  }

 private:
  // What is known of a return address.
  struct Place {
    std::vector<Frame> frames;
    size_t program = 0;  // How many there are up to the program's outermost.
    bool inside = true;  // All of them are rt::internal's.
    // Of the location with all of them, and of the one with the first
    // `program`. 0: has not been written yet.
    uint64_t id = 0;
    uint64_t outermost_id = 0;
  };

  // The text's number in the table of strings.
  int64_t Text(const std::string& text) {
    auto [at, is_new] = numbers_.try_emplace(text, texts_.size());
    if (is_new) texts_.push_back(text);
    return static_cast<int64_t>(at->second);
  }

  void Add(Profile field, const ProfileData::Unit& unit) {
    Builder<ValueType> type(profile_, field);
    type.add_int64(ValueType::kType, Text(unit.type));
    type.add_int64(ValueType::kUnit, Text(unit.unit));
  }

  void Add(const ProfileData::Sample& sample) {
    std::vector<uint64_t> ids = Locations(sample);
    int64_t goroutine_key = Text("goroutine");
    int64_t state_key = Text("state");
    Builder<Sample> message(profile_, Profile::kSample);
    message.add_packed_uint64(Sample::kLocationId, ids.begin(), ids.end());
    message.add_packed_int64(Sample::kValue, sample.values.begin(),
                             sample.values.end());
    if (sample.goroutine != 0) {
      Builder<Label> label(message, Sample::kLabel);
      label.add_int64(Label::kKey, goroutine_key);
      label.add_int64(Label::kNum, static_cast<int64_t>(sample.goroutine));
    }
    if (!sample.state.empty()) {
      int64_t state = Text(sample.state);
      Builder<Label> label(message, Sample::kLabel);
      label.add_int64(Label::kKey, state_key);
      label.add_int64(Label::kStr, state);
    }
  }

  // Of what is shown of the sample's stack, the innermost first.
  std::vector<uint64_t> Locations(const ProfileData::Sample& sample) {
    if (sample.note != nullptr) return {NoteLocation(sample.note)};
    std::vector<Place*> places;
    for (const void* pc : sample.pcs) places.push_back(&Look(pc));
    size_t end = places.size();
    while (end > 0 && places[end - 1]->program == 0) --end;
    if (end == 0) end = places.size();  // Machinery only: all of it.
    size_t begin = 0;
    if (!data_.whole_leaves) {
      while (begin + 1 < end && places[begin]->inside) ++begin;
    }
    std::vector<uint64_t> ids;
    for (size_t i = begin; i < end; ++i) {
      // What the program's first function was inlined in is machinery, too.
      bool outermost = i + 1 == end && places[i]->program > 0;
      uint64_t& id = outermost ? places[i]->outermost_id : places[i]->id;
      if (id == 0) {
        std::vector<Frame> frames = places[i]->frames;
        if (outermost) frames.resize(places[i]->program);
        id = WriteLocation(sample.pcs[i], frames);
      }
      ids.push_back(id);
    }
    return ids;
  }

  Place& Look(const void* pc) {
    auto [at, is_new] = places_.try_emplace(pc);
    Place& place = at->second;
    if (!is_new) return place;
    place.frames = FramesAt(pc);
    for (size_t i = 0; i < place.frames.size(); ++i) {
      std::string_view name = place.frames[i].at.function;
      if (place.frames[i].program) place.program = i + 1;
      place.inside &=
          name.starts_with("rt::internal::") || name == "RtSwitchContext";
    }
    return place;
  }

  uint64_t WriteLocation(const void* pc, const std::vector<Frame>& frames) {
    std::vector<std::pair<uint64_t, int>> lines;
    for (const Frame& frame : frames) {
      lines.emplace_back(
          FunctionId(WithoutAnonymous(frame.at.function), frame.at.file),
          frame.at.line);
    }
    // Of the call, not of what follows it.
    uintptr_t address = reinterpret_cast<uintptr_t>(pc) - 1;
    Builder<Location> location(profile_, Profile::kLocation);
    location.add_uint64(Location::kId, ++locations_);
    if (uint64_t mapping = MappingId(address)) {
      location.add_uint64(Location::kMappingId, mapping);
    }
    location.add_uint64(Location::kAddress, address);
    for (const auto& [function, line] : lines)
      AddLine(location, function, line);
    return locations_;
  }

  uint64_t NoteLocation(const char* note) {
    auto [at, is_new] = notes_.try_emplace(note);
    if (!is_new) return at->second;
    uint64_t function = FunctionId(note, "");
    Builder<Location> location(profile_, Profile::kLocation);
    location.add_uint64(Location::kId, at->second = ++locations_);
    AddLine(location, function, 0);
    return at->second;
  }

  static void AddLine(Builder<Location>& location, uint64_t function,
                      int number) {
    Builder<Line> line(location, Location::kLine);
    line.add_uint64(Line::kFunctionId, function);
    line.add_int64(Line::kLine, number);
  }

  uint64_t FunctionId(const std::string& name, const std::string& file) {
    auto [at, is_new] = functions_.try_emplace({name, file});
    if (!is_new) return at->second;
    at->second = functions_.size();
    int64_t name_text = Text(name.empty() ? "?" : name);
    int64_t file_text = Text(file);
    Builder<Function> function(profile_, Profile::kFunction);
    function.add_uint64(Function::kId, at->second);
    function.add_int64(Function::kName, name_text);
    function.add_int64(Function::kSystemName, name_text);
    function.add_int64(Function::kFilename, file_text);
    return at->second;
  }

  uint64_t MappingId(uintptr_t address) const {
    for (size_t i = 0; i < segments_.size(); ++i) {
      if (address >= segments_[i].begin && address < segments_[i].end) {
        return i + 1;
      }
    }
    return 0;
  }

  void AddMappings() {
    for (size_t i = 0; i < segments_.size(); ++i) {
      int64_t file = Text(segments_[i].file);
      Builder<Mapping> mapping(profile_, Profile::kMapping);
      mapping.add_uint64(Mapping::kId, i + 1);
      mapping.add_uint64(Mapping::kMemoryStart, segments_[i].begin);
      mapping.add_uint64(Mapping::kMemoryLimit, segments_[i].end);
      mapping.add_uint64(Mapping::kFileOffset, segments_[i].offset);
      mapping.add_int64(Mapping::kFilename, file);
      // So pprof does not look for the files, which may be others by then.
      mapping.add_bool(Mapping::kHasFunctions, true);
      mapping.add_bool(Mapping::kHasFilenames, true);
      mapping.add_bool(Mapping::kHasLineNumbers, true);
      mapping.add_bool(Mapping::kHasInlineFrames, true);
    }
  }

  const ProfileData& data_;
  const std::vector<Segment> segments_ = Segments();
  std::string message_;
  Builder<Profile> profile_{message_};
  std::vector<std::string> texts_;  // The first one is "".
  std::unordered_map<std::string, size_t> numbers_;
  std::unordered_map<const void*, Place> places_;
  std::map<std::string, uint64_t> notes_;
  std::map<std::pair<std::string, std::string>, uint64_t> functions_;
  uint64_t locations_ = 0;
};

}  // namespace

std::string EncodeProfile(const ProfileData& data) {
  return Encoder(data).Encode();
}

}  // namespace rt::internal
