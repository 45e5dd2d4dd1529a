/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A user's secret storage, made with Python's hmac and OpenSSL's command from the private key of
 * RFC 7748 §6.1 (Alice's), which the recovery key spells. */
namespace vectors {

inline constexpr const char* recovery_key =
    "EsTc LW2K PGiF wKEA 3As5 g5c4 BXwk qeeJ ZJV8 Q9fu gUMN UE4d";
inline constexpr const char* description =
    R"({"algorithm":"m.secret_storage.v1.aes-hmac-sha2","iv":"AAECAwQFBgcICQoLDA0ODw==",
        "mac":"DiqWp5+s/UfuY1svHAaLXcdu9Qw6B7/KoyjVB0YxixI="})";
/* m.cross_signing.self_signing */
inline constexpr const char* encrypted_seed =
    R"({"iv":"EBESExQVFhcYGRobHB0eHw==",
        "ciphertext":"co4thQx4Mns2zqgg+qzaH4YnsWyyC3Jmd0T4Gzo5YH6LZaCAMrB/QFJbRQ==",
        "mac":"JW49vg+Q+9Rlh0DIuyrh40tbqvhQDV2LvaGbd1E8/Jk="})";
inline constexpr const char* seed = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA";
inline constexpr const char* public_key = "ebVWLo/mVPlAeLES6KmLp5AfhTrmlb7X4OORC60ElmQ";

}  // namespace vectors
