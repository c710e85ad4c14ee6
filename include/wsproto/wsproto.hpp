// All of wsproto.
#ifndef WSPROTO_WSPROTO_HPP
#define WSPROTO_WSPROTO_HPP

#include <wsproto/accept_token.hpp>
#include <wsproto/bytes.hpp>
#include <wsproto/close_reason.hpp>
#include <wsproto/connection.hpp>
#include <wsproto/connection_state.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/errors.hpp>
#include <wsproto/event_range.hpp>
#include <wsproto/events.hpp>
#include <wsproto/extension.hpp>
#include <wsproto/extensions_handshake.hpp>
#include <wsproto/frame.hpp>
#include <wsproto/frame_decoder.hpp>
#include <wsproto/frame_protocol.hpp>
#include <wsproto/handshake.hpp>
#include <wsproto/headers.hpp>
#include <wsproto/message_decoder.hpp>
#include <wsproto/options.hpp>
#include <wsproto/outgoing_frame.hpp>
#include <wsproto/parse_failed.hpp>
#include <wsproto/permessage_deflate.hpp>
#include <wsproto/random.hpp>
#include <wsproto/supported_extensions.hpp>
#include <wsproto/version.hpp>
#include <wsproto/ws_connection.hpp>

#endif
