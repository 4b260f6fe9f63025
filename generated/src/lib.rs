//! Typed clients for Tencent Cloud, Huawei Cloud Meeting and ZEGOCLOUD.
