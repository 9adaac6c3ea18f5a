package dev.locret.engine;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A reading from submission until it is saved. It ends once, from whatever thread comes first. */
final class ReadingHandle implements ContextReading {
    private final String context;
    private final CompletableFuture<ContextInfo> outcome = new CompletableFuture<>();
    private volatile Runnable onCancel = () -> {};

    /**
     * @param context its name, for messages
     */
    ReadingHandle(String context) {
        this.context = context;
    }

    static ReadingHandle done(ContextInfo info) {
        ReadingHandle handle = new ReadingHandle(info.name());
        handle.complete(info);
        return handle;
    }

    void complete(ContextInfo info) {
        outcome.complete(info);
    }

    void fail(RuntimeException failure) {
        outcome.completeExceptionally(failure);
    }

    void onCancel(Runnable action) {
        onCancel = action;
    }

    void whenDone(Runnable action) {
        outcome.whenComplete((info, failure) -> action.run());
    }

    @Override
    public boolean isDone() {
        return outcome.isDone();
    }

    @Override
    public void cancel() {
        fail(new LocretException(ErrorId.CANCELLED, "contexts: reading cancelled: context=" + context));
        onCancel.run();
    }

    @Override
    public ContextInfo await() {
        try {
            return outcome.get();
        } catch (InterruptedException e) {
            cancel();
            Thread.currentThread().interrupt();
            throw new LocretException(
                    ErrorId.CANCELLED, "contexts: the waiting thread was interrupted: context=" + context, e);
        } catch (ExecutionException e) {
            // A new exception, so that its stack tells who waited; what a listener threw stays itself.
            if (e.getCause() instanceof LocretException cause) {
                throw new LocretException(cause.id(), cause.getMessage(), cause);
            }
            throw (RuntimeException) e.getCause();
        }
    }
}
