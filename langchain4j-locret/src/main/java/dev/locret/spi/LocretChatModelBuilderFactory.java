package dev.locret.spi;

import dev.locret.LocretChatModel;
import java.util.function.Supplier;

/** A factory of builders for {@link LocretChatModel}, found by {@link java.util.ServiceLoader}. */
public interface LocretChatModelBuilderFactory extends Supplier<LocretChatModel.LocretChatModelBuilder> {}
