// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tools/course/build_events.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "nlohmann/json.hpp"

namespace course {
namespace {

using nlohmann::json;

const json& Member(const json& object, const char* key) {
  static const json kNothing = json::object();
  const auto it = object.find(key);
  return it != object.end() ? *it : kNothing;
}

std::string Text(const json& object, const char* key) {
  const json& value = Member(object, key);
  return value.is_string() ? value.get<std::string>() : "";
}

// Bazel 6 and later write labels of the main repository as "@//a:b", in some
// events as "@@//a:b".
std::string Label(const json& id) {
  std::string label = Text(id, "label");
  const size_t start = label.find_first_not_of('@');
  return start == std::string::npos ? "" : label.substr(start);
}

class Reader {
 public:
  BuildEvents Take() {
    for (const auto& [label, sets] : sets_of_) {
      TargetEvents& target = events_.targets[label];
      if (!target.files.empty()) continue;
      for (const std::string& set : sets) AddFiles(set, target.files);
    }
    return std::move(events_);
  }

  void Read(const json& event) {
    const json& id = Member(event, "id");
    if (id.contains("targetCompleted")) {
      ReadTarget(Label(id["targetCompleted"]), event);
    } else if (id.contains("actionCompleted")) {
      ReadAction(id["actionCompleted"], event);
    } else if (id.contains("testResult")) {
      ReadTestRun(Label(id["testResult"]), Member(event, "testResult"));
    } else if (id.contains("testSummary")) {
      events_.targets[Label(id["testSummary"])].test_status =
          Text(Member(event, "testSummary"), "overallStatus");
    } else if (id.contains("namedSet")) {
      sets_[Text(id["namedSet"], "id")] = Member(event, "namedSetOfFiles");
    } else if (id.contains("pattern") && event.contains("aborted")) {
      events_.load_errors.push_back(
          Text(Member(event, "aborted"), "description"));
    } else if (id.contains("buildFinished")) {
      events_.finished = true;
      const json& code = Member(Member(event, "finished"), "exitCode");
      events_.exit_code = code.value("code", 0);
    }
  }

 private:
  void ReadTarget(const std::string& label, const json& event) {
    TargetEvents& target = events_.targets[label];
    const json& completed = Member(event, "completed");
    target.completed = completed.value("success", false);
    target.failed = !target.completed;
    target.why = Text(Member(completed, "failureDetail"), "message");
    if (event.contains("aborted")) {
      target.why = Text(event["aborted"], "description");
    }
    for (const json& file : Member(completed, "importantOutput")) {
      target.files.push_back(PathOfUri(Text(file, "uri")));
    }
    for (const json& group : Member(completed, "outputGroup")) {
      if (Text(group, "name") != "default") continue;
      for (const json& set : Member(group, "fileSets")) {
        sets_of_[label].push_back(Text(set, "id"));
      }
    }
    for (const json& child : Member(event, "children")) {
      const json& action = Member(child, "actionCompleted");
      if (!action.empty()) {
        target.root_causes.push_back(Text(action, "primaryOutput"));
      }
    }
  }

  void ReadAction(const json& id, const json& event) {
    const json& action = Member(event, "action");
    if (action.value("success", false)) return;
    FailedAction failed;
    failed.output = Text(id, "primaryOutput");
    failed.label = Label(id);
    failed.type = Text(action, "type");
    failed.stderr_path = PathOfUri(Text(Member(action, "stderr"), "uri"));
    events_.actions[failed.output] = failed;
  }

  void ReadTestRun(const std::string& label, const json& result) {
    TestRun run;
    run.status = Text(result, "status");
    // A 64-bit number: a string in JSON.
    run.seconds =
        std::atof(Text(result, "testAttemptDurationMillis").c_str()) / 1000;
    for (const json& file : Member(result, "testActionOutput")) {
      const std::string path = PathOfUri(Text(file, "uri"));
      if (Text(file, "name") == "test.log") run.log_path = path;
      if (Text(file, "name") == "test.xml") run.xml_path = path;
    }
    events_.targets[label].runs.push_back(run);
  }

  void AddFiles(const std::string& set_id, std::vector<std::string>& files) {
    const auto it = sets_.find(set_id);
    if (it == sets_.end()) return;
    for (const json& file : Member(it->second, "files")) {
      files.push_back(PathOfUri(Text(file, "uri")));
    }
    for (const json& inner : Member(it->second, "fileSets")) {
      AddFiles(Text(inner, "id"), files);
    }
  }

  BuildEvents events_;
  std::map<std::string, json> sets_;
  std::map<std::string, std::vector<std::string>> sets_of_;
};

}  // namespace

std::string PathOfUri(const std::string& uri) {
  const std::string kScheme = "file://";
  if (uri.rfind(kScheme, 0) != 0) return "";
  std::string path;
  for (size_t i = kScheme.size(); i < uri.size(); ++i) {
    if (uri[i] == '%' && i + 2 < uri.size()) {
      const std::string hex = uri.substr(i + 1, 2);
      path += static_cast<char>(std::strtol(hex.c_str(), nullptr, 16));
      i += 2;
    } else {
      path += uri[i];
    }
  }
  return path;
}

BuildEvents ReadBuildEvents(const std::string& path) {
  Reader reader;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    if (line.empty()) continue;
    try {
      reader.Read(json::parse(line));
    } catch (const json::exception&) {
      break;
    }
  }
  return reader.Take();
}

std::string ReadablePath(const std::string& root, const std::string& path) {
  const std::string kLogs = "/testlogs/";
  const size_t at = path.rfind(kLogs);
  if (at == std::string::npos) return path;
  const std::string link = "bazel-testlogs/" + path.substr(at + kLogs.size());
  std::error_code error;
  const bool same = std::filesystem::equivalent(root + "/" + link, path, error);
  return same && !error ? link : path;
}

}  // namespace course
