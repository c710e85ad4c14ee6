// Connections in several threads at once, each pair in one thread at a time, handed on from thread
// to thread: for the thread sanitizer, which sees what they share. Without it, that every message
// arrives. Which memory is shared is not known here.
#include <wsproto/wsproto.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <latch>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace {

using namespace wsproto;

constexpr std::string_view usage =
    "Usage: wsproto_threads\n\n"
    "Lets pairs of connections wander through threads, and checks that every message arrives.\n"
    "Built with the preset `tsan`, it ends with an error where two threads race.\n";

constexpr std::size_t thread_count = 4;
constexpr int pairs_per_thread = 3;
constexpr int rounds = 12;

void require(bool fact, const char* what) {
    if (!fact) {
        std::fprintf(stderr, "wsproto_threads: %s\n", what);
        std::exit(1);
    }
}

// Two ends joined in memory; they compress, and forget after each message.
class Pair {
  public:
    Pair() {
        const DeflateOptions options{.client_no_context_takeover = true,
                                     .server_no_context_takeover = true};
        server_.receive_data(
            client_.send(Request{.host = "example.com",
                                 .target = "/",
                                 .extensions = {std::make_shared<PerMessageDeflate>(options)}}));
        require(std::holds_alternative<Request>(*server_.events().begin()), "there is no request");
        client_.receive_data(server_.send(
            AcceptConnection{.extensions = {std::make_shared<PerMessageDeflate>(options)}}));
        require(std::holds_alternative<AcceptConnection>(*client_.events().begin()),
                "nothing was accepted");
    }

    /// A text both ways, a Ping, and a piece of a message that the next thread goes on with.
    void talk(std::string_view text) {
        carry(client_, server_, text, true);
        carry(server_, client_, text, true);
        server_.receive_data(client_.send(Ping{}));
        for (const Event& event : server_.events()) {
            client_.receive_data(server_.send(server_.response_to(event).value()));
        }
        begun_ = !begun_;
        carry(client_, server_, text, !begun_);
    }

    int handed_on = 0;

  private:
    static void carry(WSConnection& from, WSConnection& to, std::string_view text, bool fin) {
        to.receive_data(from.send(TextMessage{text, true, fin}));
        std::string got;
        for (const Event& event : to.events()) {
            if (const auto* shown = std::get_if<TextMessage>(&event)) got += shown->data;
        }
        require(got == text, "a message did not arrive");
    }

    WSConnection client_{ConnectionType::Client};
    WSConnection server_{ConnectionType::Server};
    bool begun_ = false;
};

// Where a thread finds the pairs that others hand on to it.
class Inbox {
  public:
    void put(std::unique_ptr<Pair> pair) {
        const std::lock_guard lock{mutex_};
        pairs_.push_back(std::move(pair));
    }
    std::unique_ptr<Pair> take() {
        const std::lock_guard lock{mutex_};
        if (pairs_.empty()) return nullptr;
        auto pair = std::move(pairs_.front());
        pairs_.pop_front();
        return pair;
    }

  private:
    std::mutex mutex_{};
    std::deque<std::unique_ptr<Pair>> pairs_{};
};

std::array<Inbox, thread_count> inboxes;
Inbox finished;
std::atomic<int> under_way{static_cast<int>(thread_count) * pairs_per_thread};
std::latch all_started{thread_count};

// Goes when its thread ends, after the memory that the library keeps for the thread.
Pair& pair_of_this_thread() {
    thread_local Pair pair;
    return pair;
}

void work(std::size_t own) {
    all_started.arrive_and_wait();  // lest one thread alone does what is done once
    pair_of_this_thread().talk("this thread's");
    for (int made = 0; made != pairs_per_thread; ++made) {
        inboxes[own].put(std::make_unique<Pair>());
    }
    while (under_way.load() != 0) {
        auto pair = inboxes[own].take();
        if (!pair) {
            std::this_thread::yield();
            continue;
        }
        pair->talk(std::string(static_cast<std::size_t>(100 * pair->handed_on), 'x'));
        const bool ends = ++pair->handed_on == rounds;
        (ends ? finished : inboxes[(own + 1) % thread_count]).put(std::move(pair));
        if (ends) --under_way;
    }
    pair_of_this_thread().talk("this thread's, again");
}

}  // namespace

int main(int argument_count, char**) {
    if (argument_count > 1) {
        std::fputs(usage.data(), stdout);
        return 0;
    }
    std::vector<std::thread> threads;
    for (std::size_t own = 0; own != thread_count; ++own) {
        threads.emplace_back(work, own);
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    int pairs = 0;
    while (const auto pair = finished.take()) {
        pair->talk("after all threads have ended");
        ++pairs;
    }
    require(pairs == static_cast<int>(thread_count) * pairs_per_thread, "a pair was lost");
    std::printf("%d pairs in %zu threads: every message has arrived\n", pairs, thread_count);
}
