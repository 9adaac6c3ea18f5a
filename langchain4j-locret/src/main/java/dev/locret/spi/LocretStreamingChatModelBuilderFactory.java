package dev.locret.spi;

import dev.locret.LocretStreamingChatModel;
import java.util.function.Supplier;

/** A factory of builders for {@link LocretStreamingChatModel}, found by {@link java.util.ServiceLoader}. */
public interface LocretStreamingChatModelBuilderFactory
        extends Supplier<LocretStreamingChatModel.LocretStreamingChatModelBuilder> {}
