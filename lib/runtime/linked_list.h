// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace sublet::runtime {

// The links of one element; it is in at most one list.
template <typename T>
struct ListLinks {
  T* previous = nullptr;
  T* next = nullptr;
};

// A list through its elements' own `links`: no allocation, and removal from the middle.
template <typename T>
class LinkedList {
 public:
  bool empty() const noexcept { return first_ == nullptr; }
  std::size_t size() const noexcept { return size_; }
  T* front() const noexcept { return first_; }
  static T* after(const T& element) noexcept { return element.links.next; }

  void push_back(T& element) noexcept {
    element.links = {last_, nullptr};
    (last_ != nullptr ? last_->links.next : first_) = &element;
    last_ = &element;
    ++size_;
  }

  // `element` is in this list.
  void remove(T& element) noexcept {
    auto& links = element.links;
    (links.previous != nullptr ? links.previous->links.next : first_) = links.next;
    (links.next != nullptr ? links.next->links.previous : last_) = links.previous;
    links = {};
    --size_;
  }

 private:
  T* first_ = nullptr;
  T* last_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace sublet::runtime
