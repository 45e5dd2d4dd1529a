/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/crypto/secret_storage.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

GLIB_FREE(EVP_CIPHER_CTX, EVP_CIPHER_CTX_free);

namespace matrix {
namespace {

constexpr const char* algorithm = "m.secret_storage.v1.aes-hmac-sha2";
constexpr size_t key_size = 32;
constexpr size_t mac_size = 32;
constexpr size_t iv_size = 16;
constexpr std::array<std::uint8_t, 2> recovery_prefix{0x8b, 0x01};
constexpr size_t recovery_digits = 48;
constexpr size_t max_secret = 65536;

using Mac = std::array<std::uint8_t, mac_size>;

Mac hmac(const std::uint8_t* key, const std::uint8_t* data, size_t size) {
  Mac mac{};
  HMAC(EVP_sha256(), key, int{key_size}, data, size, mac.data(), nullptr);
  return mac;
}

struct Keys {
  Secret aes;
  Secret mac;
};

/* HKDF (RFC 5869) with SHA-256, a salt of zeros and two blocks of output. */
Keys derive(const Secret& key, std::string_view name) {
  const Mac salt{};
  Mac extracted = hmac(salt.data(), key.data(), key.size());
  Secret first(name.size() + 1);
  std::copy(name.begin(), name.end(), first.data());
  first.data()[name.size()] = 1;
  Mac block = hmac(extracted.data(), first.data(), first.size());
  Keys keys{Secret(key_size), Secret(key_size)};
  std::copy(block.begin(), block.end(), keys.aes.data());
  Secret second(mac_size + first.size());
  std::copy(block.begin(), block.end(), second.data());
  std::copy_n(first.data(), first.size(), second.data() + mac_size);
  second.data()[second.size() - 1] = 2;
  block = hmac(extracted.data(), second.data(), second.size());
  std::copy(block.begin(), block.end(), keys.mac.data());
  OPENSSL_cleanse(block.data(), block.size());
  OPENSSL_cleanse(extracted.data(), extracted.size());
  return keys;
}

/* AES-256 in counter mode, which is the same both ways. */
std::optional<Secret> crypt(const Secret& key, const Secret& iv, const Secret& input) {
  const glib::Unique<EVP_CIPHER_CTX> cipher(EVP_CIPHER_CTX_new());
  Secret output(input.size());
  int size = 0;
  if (EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_ctr(), nullptr, key.data(), iv.data()) != 1 ||
      EVP_EncryptUpdate(cipher.get(), output.data(), &size, input.data(),
                        static_cast<int>(input.size())) != 1 ||
      static_cast<size_t>(size) != input.size())
    return std::nullopt;
  return output;
}

Secret read_base64(const Json& object, const char* member) {
  const std::string text = object.string_at(member).value_or("");
  return text.size() > max_secret * 2 ? Secret() : Secret::from_base64(text);
}

bool is_mac(const Secret& key, const Secret& data, const Secret& expected) {
  const Mac mac = hmac(key.data(), data.data(), data.size());
  return expected.size() == mac.size() && CRYPTO_memcmp(mac.data(), expected.data(), mac_size) == 0;
}

/* @number = @number * 58 + @digit; false if that does not fit. */
bool append_digit(Secret& number, size_t digit) {
  size_t carry = digit;
  for (size_t i = number.size(); i-- > 0;) {
    carry += size_t{58} * number.data()[i];
    number.data()[i] = static_cast<std::uint8_t>(carry & 0xff);
    carry >>= 8;
  }
  return carry == 0;
}

}  // namespace

std::optional<Secret> read_recovery_key(std::string_view text) {
  constexpr std::string_view alphabet =
      "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  Secret bytes(recovery_prefix.size() + key_size + 1);
  size_t digits = 0;
  for (const char c : text) {
    if (g_ascii_isspace(c)) continue;
    const size_t digit = alphabet.find(c);
    if (digit == std::string_view::npos || !append_digit(bytes, digit)) return std::nullopt;
    digits++;
  }
  std::uint8_t parity = 0;
  for (size_t i = 0; i < bytes.size(); i++) parity ^= bytes.data()[i];
  if (digits != recovery_digits || parity != 0 ||
      !std::equal(recovery_prefix.begin(), recovery_prefix.end(), bytes.data()))
    return std::nullopt;
  return Secret(bytes.text().substr(recovery_prefix.size(), key_size));
}

bool is_storage_key(const Secret& key, const Json& description) {
  if (key.size() != key_size || description.string_at("algorithm") != algorithm) return false;
  const Secret iv = read_base64(description, "iv");
  if (iv.size() != iv_size) return false;
  const Keys keys = derive(key, "");
  const auto zeros = crypt(keys.aes, iv, Secret(key_size));
  return zeros && is_mac(keys.mac, *zeros, read_base64(description, "mac"));
}

std::optional<Secret> decrypt_secret(const Secret& key, std::string_view name,
                                     const Json& encrypted) {
  const Secret iv = read_base64(encrypted, "iv");
  const Secret ciphertext = read_base64(encrypted, "ciphertext");
  if (key.size() != key_size || iv.size() != iv_size || ciphertext.size() > max_secret)
    return std::nullopt;
  const Keys keys = derive(key, name);
  if (!is_mac(keys.mac, ciphertext, read_base64(encrypted, "mac"))) return std::nullopt;
  return crypt(keys.aes, iv, ciphertext);
}

}  // namespace matrix
