package dev.locret.text.jinja;

import java.util.List;

/** The {@code loop} variable. Its depth grows in recursive loops only, which there are none of. */
final class LoopState {
    private final List<Object> items;
    private Object changedValue;
    int index;

    LoopState(List<Object> items) {
        this.items = items;
    }

    Object attribute(String name) {
        switch (name) {
            case "index":
                return (long) index + 1;
            case "index0":
                return (long) index;
            case "revindex":
                return (long) items.size() - index;
            case "revindex0":
                return (long) items.size() - index - 1;
            case "first":
                return index == 0;
            case "last":
                return index == items.size() - 1;
            case "length":
                return (long) items.size();
            case "depth":
                return 1L;
            case "depth0":
                return 0L;
            case "previtem":
                return index > 0 ? items.get(index - 1) : new Undefined("there is no previous item");
            case "nextitem":
                return index + 1 < items.size() ? items.get(index + 1) : new Undefined("there is no next item");
            case "cycle":
                return (Callable) (e, a) -> {
                    if (a.positional().isEmpty()) {
                        throw new Failure("no items for cycling given");
                    }
                    return a.positional().get(index % a.positional().size());
                };
            case "changed":
                return (Callable) (e, a) -> {
                    boolean changed = changedValue == null || !Values.equal(e.budget, changedValue, a.positional());
                    changedValue = a.positional();
                    return changed;
                };
            default:
                return new Undefined("'loop' has no attribute '" + name + "'");
        }
    }
}
