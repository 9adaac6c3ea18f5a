// Emulated NVRTC: it "compiles" to an image that says so, and the emulated driver runs what g++ made of the same source.
// A source with an #error in its first line fails, for tests. The real compiler is tested apart, see NvrtcTest.java.
#include <cstring>
#include <string>

#define API extern "C" __attribute__((visibility("default")))
enum Result { OK = 0, COMPILATION = 6, NO_NAME = 10 };

struct Program {
    std::string source, name, image, ptx, log;
};

API int nvrtcVersion(int* major, int* minor) {
    *major = 12;
    *minor = 9;
    return OK;
}

API const char* nvrtcGetErrorString(int result) {
    return result == COMPILATION ? "NVRTC_ERROR_COMPILATION" : "NVRTC_ERROR";
}

API int nvrtcGetNumSupportedArchs(int* count) {
    *count = 3;
    return OK;
}

API int nvrtcGetSupportedArchs(int* archs) {
    archs[0] = 75;
    archs[1] = 80;
    archs[2] = 90;
    return OK;
}

API int nvrtcCreateProgram(Program** program, const char* source, const char* name, int, const char* const*,
                           const char* const*) {
    *program = new Program{source, name ? name : "", "", "", ""};
    return OK;
}

API int nvrtcDestroyProgram(Program** program) {
    delete *program;
    *program = nullptr;
    return OK;
}

API int nvrtcCompileProgram(Program* program, int count, const char* const* options) {
    if (program->source.rfind("#error", 0) == 0) {
        program->log = program->name + "(1): error: #error directive";
        return COMPILATION;
    }
    std::string rest = " of " + program->name + ":";
    for (int i = 0; i < count; i++) {
        rest += std::string(" ") + options[i];
    }
    // There is machine code for a real architecture only.
    program->image = rest.find("=sm_") == std::string::npos ? "" : "emulated cubin" + rest;
    program->ptx = "emulated ptx" + rest;
    return OK;
}

API int nvrtcGetCUBINSize(Program* program, size_t* bytes) {
    *bytes = program->image.size() + 1;
    return OK;
}

API int nvrtcGetCUBIN(Program* program, char* image) {
    memcpy(image, program->image.c_str(), program->image.size() + 1);
    return OK;
}

API int nvrtcGetPTXSize(Program* program, size_t* bytes) {
    *bytes = program->ptx.size() + 1;
    return OK;
}

API int nvrtcGetPTX(Program* program, char* ptx) {
    memcpy(ptx, program->ptx.c_str(), program->ptx.size() + 1);
    return OK;
}

API int nvrtcGetProgramLogSize(Program* program, size_t* bytes) {
    *bytes = program->log.size() + 1;
    return OK;
}

API int nvrtcGetProgramLog(Program* program, char* log) {
    memcpy(log, program->log.c_str(), program->log.size() + 1);
    return OK;
}
