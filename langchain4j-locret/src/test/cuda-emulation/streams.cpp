// Streams and events of the emulated driver. A stream runs its work at once, or in strict mode as late as the
// program allows: when somebody waits for it.
#include "driver.h"
#include <chrono>

using driver::Task;
typedef std::chrono::steady_clock Clock;

struct CUevent_st {
    CUstream_st* stream = nullptr;
    bool pending = false;
    bool captured = false; // last recorded into a graph
    Clock::time_point time;
};
static CUstream_st nullStream;
static std::vector<CUstream_st*> streams;

namespace driver {
// 0, legacy and per-thread are one stream here, for which no other waits.
CUstream_st* streamOf(CUstream handle) {
    return (uintptr_t)handle > 2 ? handle : &nullStream;
}

CUresult drain(CUstream_st* stream) {
    CUresult first = CUDA_SUCCESS;
    while (!stream->queue.empty()) {
        Task task = std::move(stream->queue.front());
        stream->queue.pop_front();
        CUresult result = task();
        first = first ? first : result;
    }
    if (first) {
        setSticky(first);
    }
    return first;
}

CUresult drainAll() {
    CUresult first = drain(&nullStream);
    for (CUstream_st* stream : streams) {
        CUresult result = drain(stream);
        first = first ? first : result;
    }
    return first;
}

void abandonCaptures(CUcontext context) {
    for (CUstream_st* stream : streams) {
        if (stream->owner == context) {
            delete stream->capture;
            stream->capture = nullptr;
        }
    }
}

bool forbiddenByCapture() {
    bool forbidden = false;
    for (CUstream_st* stream : streams) {
        Capture* capture = stream->capture;
        if (capture && (capture->mode == CU_STREAM_CAPTURE_MODE_GLOBAL ||
                        (capture->mode == CU_STREAM_CAPTURE_MODE_THREAD_LOCAL &&
                         capture->thread == std::this_thread::get_id()))) {
            forbidden = capture->spoilt = true;
        }
    }
    return forbidden;
}

CUresult enqueue(CUstream handle, Task task) {
    CUstream_st* stream = streamOf(handle);
    if (Capture* capture = stream->capture) {
        if (capture->spoilt) {
            return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
        }
        capture->tasks.push_back(std::move(task));
        return CUDA_SUCCESS;
    }
    stream->queue.push_back(std::move(task));
    return emu::control->strict ? CUDA_SUCCESS : drain(stream);
}
} // namespace driver

// For the emulated cuBLAS.
CUDA_API int emu_enqueue(void* stream, std::function<int()>* work) {
    LOCK;
    std::function<int()> copy = *work;
    return driver::enqueue((CUstream)stream, [copy] { return (CUresult)copy(); });
}

// Whether the emulated cuBLAS must fail in this call.
CUDA_API int emu_injected() {
    LOCK;
    return driver::injected();
}

CUDA_API CUresult cuStreamCreate(CUstream* stream, unsigned) {
    CALL_IN_CONTEXT;
    *stream = new CUstream_st;
    (*stream)->owner = driver::currentContext();
    streams.push_back(*stream);
    return CUDA_SUCCESS;
}

CUDA_API CUresult cuStreamSynchronize(CUstream stream) {
    CALL_IN_CONTEXT;
    NOT_IN_CAPTURE;
    if (Capture* capture = driver::streamOf(stream)->capture) { // of another thread, or relaxed
        capture->spoilt = true;
        return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    }
    return driver::drain(driver::streamOf(stream));
}

CUDA_API CUresult cuStreamDestroy_v2(CUstream stream) {
    CALL;
    CUresult result = driver::drain(stream);
    std::erase(streams, stream);
    delete stream->capture;
    delete stream;
    return result;
}

CUDA_API CUresult cuStreamWaitEvent(CUstream stream, CUevent event, unsigned) {
    CALL_IN_CONTEXT;
    Capture* capture = driver::streamOf(stream)->capture;
    if (capture && !event->captured) { // a graph cannot wait for what is outside of it
        capture->spoilt = true;
        return CUDA_ERROR_STREAM_CAPTURE_ISOLATION;
    }
    return driver::enqueue(stream, [=] { return event->pending ? driver::drain(event->stream) : CUDA_SUCCESS; });
}

CUDA_API CUresult cuEventCreate(CUevent* event, unsigned) {
    CALL_IN_CONTEXT;
    *event = new CUevent_st;
    return CUDA_SUCCESS;
}

CUDA_API CUresult cuEventDestroy_v2(CUevent event) {
    CALL;
    if (event->pending) {
        driver::drain(event->stream);
    }
    delete event;
    return CUDA_SUCCESS;
}

CUDA_API CUresult cuEventRecord(CUevent event, CUstream stream) {
    CALL_IN_CONTEXT;
    event->stream = driver::streamOf(stream);
    event->captured = event->stream->capture != nullptr;
    event->pending = !event->captured;
    return driver::enqueue(stream, [=] {
        event->time = Clock::now();
        event->pending = false;
        return CUDA_SUCCESS;
    });
}

CUDA_API CUresult cuEventSynchronize(CUevent event) {
    CALL_IN_CONTEXT;
    NOT_IN_CAPTURE;
    if (event->captured) {
        return CUDA_ERROR_CAPTURED_EVENT;
    }
    return event->pending ? driver::drain(event->stream) : CUDA_SUCCESS;
}

CUDA_API CUresult cuEventElapsedTime(float* millis, CUevent from, CUevent to) {
    CALL_IN_CONTEXT;
    if (from->captured || to->captured) {
        return CUDA_ERROR_CAPTURED_EVENT;
    }
    *millis = std::chrono::duration<float, std::milli>(to->time - from->time).count();
    return CUDA_SUCCESS;
}
