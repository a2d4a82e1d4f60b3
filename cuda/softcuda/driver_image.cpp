// Reads what a module image says about its kernels: PTX text, or a stub image, which is text too:
//     // parasol stub
//     .entry NAME
#include <cctype>
#include <cstdlib>
#include <cstring>
#include "softcuda/driver_module.h"

namespace softcuda::driver {

namespace {

constexpr char kStubLine[] = "// parasol stub";
constexpr int kNewestPtx = 85;  // what the driver of CUDA 12.6 reads

bool space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
const char* skipSpace(const char* p) { while (space(*p)) p++; return p; }

std::string word(const char* p) {
    const char* end = p;
    while (std::isalnum(static_cast<unsigned char>(*end)) || *end == '_' || *end == '$') end++;
    return std::string(p, end);
}

// Without comments, so that nothing in them is taken for a directive.
std::string stripped(const char* text) {
    std::string result;
    for (const char* p = text; *p;) {
        if (p[0] == '/' && p[1] == '/') {
            while (*p && *p != '\n') p++;
        } else if (p[0] == '/' && p[1] == '*') {
            const char* end = std::strstr(p + 2, "*/");
            p = end ? end + 2 : p + std::strlen(p);
        } else {
            result += *p++;
        }
    }
    return result;
}

// Bytes of one parameter such as ".param .align 8 .b8 fbank_param_0[64]" or ".param .u64 p"; 0 when not understood.
size_t parameterBytes(const std::string& declaration, size_t* alignment) {
    size_t bytes = 0;
    *alignment = 0;
    for (const char* p = declaration.c_str(); *p; p++) {
        if (*p == '[') return bytes * std::strtoul(p + 1, nullptr, 10);
        if (*p != '.') continue;
        if (std::strncmp(p, ".align", 6) == 0) *alignment = std::strtoul(p + 6, nullptr, 10);
        else if (std::strchr("busf", p[1]) && std::isdigit(static_cast<unsigned char>(p[2]))) bytes = std::strtoul(p + 2, nullptr, 10) / 8;
    }
    return bytes;
}

bool parameterListBytes(const std::string& list, size_t* total) {
    *total = 0;
    for (size_t start = 0; start < list.size();) {
        size_t comma = std::min(list.find(',', start), list.size());
        std::string declaration = list.substr(start, comma - start);
        start = comma + 1;
        if (declaration.find(".param") == std::string::npos) {
            if (*skipSpace(declaration.c_str())) return false;
            continue;
        }
        size_t alignment, bytes = parameterBytes(declaration, &alignment);
        if (bytes == 0) return false;
        if (alignment == 0) alignment = bytes;
        *total = (*total + alignment - 1) / alignment * alignment + bytes;
    }
    return true;
}

CUresult bad(CUresult code, const std::string& why, std::string* message) {
    *message = why;
    return code;
}

// "7.0" after the directive; 0 when it is not there.
int versionOf(const std::string& text) {
    size_t at = text.find(".version");
    int major = 0, minor = 0;
    return at != std::string::npos && std::sscanf(text.c_str() + at + 8, "%d.%d", &major, &minor) == 2 ? major * 10 + minor : 0;
}

}  // namespace

CUresult parseImage(const char* image, Image* out, std::string* message) {
    bool stub = std::strncmp(image, kStubLine, sizeof kStubLine - 1) == 0;
    if (std::strncmp(image, "\177ELF", 4) == 0) return bad(CUDA_ERROR_NO_BINARY_FOR_GPU, "the image is machine code of a GPU; the software device wants PTX text or a stub image", message);
    std::string text = stripped(image);
    if (!stub) {
        out->ptxVersion = versionOf(text);
        size_t target = text.find(".target");
        if (out->ptxVersion == 0 || target == std::string::npos) return bad(CUDA_ERROR_INVALID_IMAGE, "the image is neither PTX (.version and .target) nor a stub image", message);
        if (out->ptxVersion > kNewestPtx) return bad(CUDA_ERROR_UNSUPPORTED_PTX_VERSION, "the PTX version is newer than a driver of CUDA 12.6 reads", message);
        out->target = word(skipSpace(text.c_str() + target + 7));
    }
    for (size_t at = text.find(".entry"); at != std::string::npos; at = text.find(".entry", at + 1)) {
        const char* name = skipSpace(text.c_str() + at + 6);
        Image::Entry entry{word(name), Image::kUnknownSize};
        if (entry.name.empty()) return bad(CUDA_ERROR_INVALID_PTX, "an .entry without a name", message);
        const char* open = skipSpace(name + entry.name.size());
        if (!stub) entry.parameterBytes = 0;
        if (!stub && *open == '(') {
            const char* close = std::strchr(open, ')');
            if (!close || !parameterListBytes(std::string(open + 1, close), &entry.parameterBytes))
                return bad(CUDA_ERROR_INVALID_PTX, "the parameters of " + entry.name + " are not understood", message);
        }
        out->entries.push_back(entry);
    }
    return CUDA_SUCCESS;
}

}  // namespace softcuda::driver
