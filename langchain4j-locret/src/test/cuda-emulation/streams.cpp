// Streams, events and graphs of the emulated driver. A stream runs its work at once, or in strict mode as late as the
// program allows: when somebody waits for it.
#include "driver.h"
#include <chrono>

using driver::Task;
typedef std::chrono::steady_clock Clock;

struct CUevent_st {
    CUstream_st* stream = nullptr;
    bool pending = false;
    Clock::time_point time;
};
struct CUgraph_st {
    std::vector<Task> tasks;
};
struct CUgraphExec_st {
    std::vector<Task> tasks;
};

static CUstream_st nullStream;
static std::vector<CUstream_st*> streams;

namespace driver {
int capturing;

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

CUresult enqueue(CUstream handle, Task task) {
    CUstream_st* stream = streamOf(handle);
    if (stream->capture) {
        stream->capture->push_back(task);
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
    return driver::drain(driver::streamOf(stream));
}

CUDA_API CUresult cuStreamDestroy_v2(CUstream stream) {
    CALL;
    CUresult result = driver::drain(stream);
    std::erase(streams, stream);
    delete stream;
    return result;
}

CUDA_API CUresult cuStreamWaitEvent(CUstream stream, CUevent event, unsigned) {
    CALL_IN_CONTEXT;
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
    event->pending = true;
    return driver::enqueue(stream, [=] {
        event->time = Clock::now();
        event->pending = false;
        return CUDA_SUCCESS;
    });
}

CUDA_API CUresult cuEventSynchronize(CUevent event) {
    CALL_IN_CONTEXT;
    NOT_IN_CAPTURE;
    return event->pending ? driver::drain(event->stream) : CUDA_SUCCESS;
}

CUDA_API CUresult cuEventElapsedTime(float* millis, CUevent from, CUevent to) {
    CALL_IN_CONTEXT;
    *millis = std::chrono::duration<float, std::milli>(to->time - from->time).count();
    return CUDA_SUCCESS;
}
