// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Small helpers for files and for text on an 80-column screen.
//
// Width is counted in Unicode code points: source lines that a student wrote
// may hold any UTF-8. Malformed bytes count as one column each.

#ifndef TOOLS_COURSE_TEXT_H_
#define TOOLS_COURSE_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace course {

// The file's bytes, or nothing if it cannot be read.
std::optional<std::string> ReadFile(const std::string& path);

// The file's lines without their ends; empty if it cannot be read.
std::vector<std::string> ReadLines(const std::string& path);

// A fingerprint that tells whether a file has changed: FNV-1a, 64 bits, in
// hexadecimal. Empty if the file cannot be read.
std::string FileHash(const std::string& path);

std::string Trim(const std::string& text);
std::string Lower(std::string text);

// "1,344".
std::string WithCommas(int64_t n);

// "1 hint", "2 hints".
std::string Count(int64_t n, const std::string& noun);

// Columns that `text` takes.
int Width(const std::string& text);

// `text` in at most `columns` columns; what does not fit ends in "...".
std::string Clip(const std::string& text, int columns);

// `text` with spaces behind it until it takes `columns` columns.
std::string Pad(const std::string& text, int columns);

// `left` and `right` at the two ends of a line of `columns` columns, with two
// spaces at least between them.
std::string Ends(const std::string& left, const std::string& right,
                 int columns = 80);

// Breaks a paragraph between words into lines of at most `columns` columns,
// each behind `indent`. A word that is too long stands on a line of its own.
std::vector<std::string> Wrap(const std::string& text, int columns,
                              const std::string& indent);

// Without terminal control sequences and control characters other than
// newline; a tab becomes a space. For text from outside on its way to a screen.
std::string Printable(const std::string& text);

}  // namespace course

#endif  // TOOLS_COURSE_TEXT_H_
