#!/bin/sh
# Shows a conversation between wscope connect and wscope listen, frame by frame.
# WSCOPE is the program, ./wscope unless it is set.
set -eu

wscope=${WSCOPE:-./wscope}
dir=$(mktemp -d)
server=

cleanup() {
	if [ -n "$server" ]; then
		kill "$server" 2>/dev/null || :
		wait "$server" || :
	fi
	rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# What the server prints waits in the pipe until the end.
mkfifo "$dir/server"
"$wscope" listen 127.0.0.1:0 --format frames >"$dir/server" 2>&1 &
server=$!
exec 3<"$dir/server"
read -r ready <&3 || :
url=${ready#listening on }
if [ "$url" = "$ready" ]; then
	echo "demo: the server has not started: $ready" >&2
	exit 1
fi

cat <<EOF
\$ wscope listen 127.0.0.1:0 --format frames &
$ready

An echo server is running. The client sends it

  hello                              a text message
  /hex 00 01 ff                      a binary message of three bytes
  /fragment 6 a fragmented message   a text message in frames of 6 bytes
  /ping are you there                a ping, which a pong has to answer
  /close 1000 bye                    a Close frame, which a Close frame answers

Each line is a frame: -> one that was sent, <- one that came; then its opcode,
FIN bit, three reserved bits, masking key, payload length, and its payload.

\$ wscope connect --slash --format frames -x hello -x '/hex 00 01 ff' \\
    -x '/fragment 6 a fragmented message' -x '/ping are you there' \\
    -x '/close 1000 bye' $url
EOF
"$wscope" connect --slash --format frames -x hello -x '/hex 00 01 ff' \
	-x '/fragment 6 a fragmented message' -x '/ping are you there' \
	-x '/close 1000 bye' "$url" </dev/null

cat <<'EOF'

The same on the side of the server, which numbers its clients. Frames of a
client are masked, those of a server are not.

EOF
kill "$server"
wait "$server" && status=0 || status=$?
server=
cat <&3
if [ "$status" -ne 0 ]; then
	echo "demo: the server has ended with status $status" >&2
	exit 1
fi
