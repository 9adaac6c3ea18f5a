// Captures and graphs of the emulated driver. A stream that captures keeps what it is given, with arguments as they were
// then, and runs nothing; a launch runs all of it in order.
#include "driver.h"

using driver::Task;

struct CUgraph_st {
    std::vector<Task> tasks;
};
struct CUgraphExec_st {
    std::vector<Task> tasks;
    long long bytes;
};

/** Memory of the device that a node takes once its graph can be launched; drivers do not say. */
constexpr long long NODE_BYTES = 1024;

CUDA_API CUresult cuStreamBeginCapture_v2(CUstream stream, CUstreamCaptureMode mode) {
    CALL_IN_CONTEXT;
    if ((uintptr_t)stream <= 2) { // the null stream
        return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    }
    if (stream->capture) {
        return CUDA_ERROR_ILLEGAL_STATE;
    }
    stream->capture = new Capture{{}, mode, std::this_thread::get_id()};
    return CUDA_SUCCESS;
}

CUDA_API CUresult cuStreamEndCapture(CUstream stream, CUgraph* graph) {
    CALL_IN_CONTEXT;
    *graph = nullptr;
    Capture* capture = driver::streamOf(stream)->capture;
    if (!capture) {
        return CUDA_ERROR_ILLEGAL_STATE;
    }
    if (capture->mode != CU_STREAM_CAPTURE_MODE_RELAXED && capture->thread != std::this_thread::get_id()) {
        return CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD;
    }
    stream->capture = nullptr;
    CUresult result = capture->spoilt ? CUDA_ERROR_STREAM_CAPTURE_INVALIDATED : CUDA_SUCCESS;
    if (!result) {
        *graph = new CUgraph_st{std::move(capture->tasks)};
        emu::control->graphs++;
    }
    delete capture;
    return result;
}

// This and cuGraphExecDestroy destroy also when they report an error, which with the driver is one of an earlier launch.
CUDA_API CUresult cuGraphDestroy(CUgraph graph) {
    LOCK;
    CUresult injected = driver::injected();
    if (!graph) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    delete graph;
    emu::control->graphs--;
    return injected;
}

CUDA_API CUresult cuGraphGetNodes(CUgraph graph, void*, size_t* count) {
    CALL;
    *count = graph->tasks.size();
    return CUDA_SUCCESS;
}

CUDA_API CUresult cuGraphInstantiateWithFlags(CUgraphExec* exec, CUgraph graph, unsigned long long) {
    CALL_IN_CONTEXT;
    NOT_IN_CAPTURE;
    if (!graph) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    long long bytes = NODE_BYTES * graph->tasks.size();
    if (!driver::charge(bytes)) {
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    *exec = new CUgraphExec_st{graph->tasks, bytes};
    emu::control->graphs++;
    return CUDA_SUCCESS;
}

CUDA_API CUresult cuGraphExecDestroy(CUgraphExec exec) {
    LOCK;
    CUresult injected = driver::injected();
    if (!exec) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    driver::drainAll();
    driver::charge(-exec->bytes);
    delete exec;
    emu::control->graphs--;
    return injected;
}

CUDA_API CUresult cuGraphLaunch(CUgraphExec exec, CUstream stream) {
    CALL_IN_CONTEXT;
    if (!exec) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    if (driver::streamOf(stream)->capture) { // would become a part of another graph: not emulated
        return CUDA_ERROR_NOT_SUPPORTED;
    }
    // Copies: what a kernel does to its own arguments does not reach the next launch.
    return driver::enqueue(stream, [tasks = exec->tasks] {
        for (Task task : tasks) {
            if (CUresult result = task()) {
                return result;
            }
        }
        return CUDA_SUCCESS;
    });
}
