#include "client/removal_on_signal.h"

#include <pthread.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <climits>

namespace enthesis::client {
namespace {

constexpr std::array<int, 3> kSignals = {SIGINT, SIGTERM, SIGHUP};

// The handler may run on any thread: it reads the path only once it is there.
struct Place {
  std::atomic<bool> taken{false};
  std::array<char, PATH_MAX> path{};
};
static_assert(std::atomic<bool>::is_always_lock_free);
std::array<Place, 8> places;

void RemoveAndEnd(int number) {
  for (const Place& place : places) {
    if (place.taken.load()) unlink(place.path.data());
  }
  signal(number, SIG_DFL);
  raise(number);
}

bool Handles(int number, void (*handler)(int)) {
  struct sigaction now {};
  return sigaction(number, nullptr, &now) == 0 &&
         (now.sa_flags & SA_SIGINFO) == 0 && now.sa_handler == handler;
}

void Replace(void (*old)(int), void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  for (const int number : kSignals) {
    if (Handles(number, old)) sigaction(number, &action, nullptr);
  }
}

bool AnyTaken() {
  for (const Place& place : places) {
    if (place.taken.load()) return true;
  }
  return false;
}

}  // namespace

HeldSignals::HeldSignals() {
  sigset_t held;
  sigemptyset(&held);
  for (const int number : kSignals) sigaddset(&held, number);
  pthread_sigmask(SIG_BLOCK, &held, &before_);
}

HeldSignals::~HeldSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

RemovalOnSignal::RemovalOnSignal(const std::string& path) {
  if (path.size() >= PATH_MAX) return;
  for (size_t i = 0; i < places.size(); ++i) {
    if (places[i].taken.load()) continue;
    path.copy(places[i].path.data(), path.size());
    places[i].path[path.size()] = '\0';
    places[i].taken.store(true);
    place_ = static_cast<int>(i);
    Replace(SIG_DFL, RemoveAndEnd);
    return;
  }
}

RemovalOnSignal::~RemovalOnSignal() {
  if (place_ < 0) return;
  places[static_cast<size_t>(place_)].taken.store(false);
  if (!AnyTaken()) Replace(RemoveAndEnd, SIG_DFL);
}

}  // namespace enthesis::client
