#!/usr/bin/env bash
# Writes the committed Swift of the contracts from the .proto files, or into the folder given.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=${1:-Shared/Contracts/Generated}
swift build --product protoc-gen-swift
swift build --product protoc-gen-accord
bin=$(swift build --show-bin-path)
mkdir -p "$out"
find "$out" -name '*.swift' -delete
proto=Shared/Contracts/proto
(cd "$proto" && find accord -name '*.proto' | LC_ALL=C sort) | xargs protoc -I "$proto" \
    --plugin="protoc-gen-swift=$bin/protoc-gen-swift" --plugin="protoc-gen-accord=$bin/protoc-gen-accord" \
    --swift_out="$out" --swift_opt=Visibility=Public,UseAccessLevelOnImports=true \
    --accord_out="$out"
