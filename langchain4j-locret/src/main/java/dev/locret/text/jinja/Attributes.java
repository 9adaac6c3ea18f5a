package dev.locret.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code a.b}, {@code a[b]} and {@code a[b:c:d]}. */
final class Attributes {
    private Attributes() {}

    /** {@code object.name}: a method or attribute first, then an item of that name. */
    static Object dot(Object object, String name) {
        if (object instanceof Namespace) {
            return ofNamespace((Namespace) object, name);
        }
        Object found = member(object, name);
        if (found != null) {
            return found;
        }
        if (object instanceof Map) {
            Map<?, ?> map = (Map<?, ?>) object;
            Text key = Text.trusted(name);
            if (map.containsKey(key)) {
                return map.get(key);
            }
        }
        return missing(object, name);
    }

    /** {@code object[key]}: an item first, then an attribute of that name. */
    static Object item(Evaluation e, Object object, Object key) {
        if (object instanceof Undefined) {
            throw ((Undefined) object).failure();
        }
        if (object instanceof Map) {
            Map<?, ?> map = (Map<?, ?>) object;
            if (map.containsKey(key)) {
                return map.get(key);
            }
        } else if ((object instanceof List || object instanceof Text) && Values.isNumber(key)) {
            long length = Values.length(object);
            long index = Values.integer(key, "index");
            long at = index < 0 ? index + length : index;
            if (at < 0 || at >= length) {
                return new Undefined(Values.typeName(object) + " object has no element " + index);
            }
            return object instanceof List
                    ? ((List<?>) object).get((int) at)
                    : characters((Text) object, (int) at, (int) at + 1);
        }
        if (object instanceof Namespace && key instanceof Text) {
            return ofNamespace((Namespace) object, key.toString());
        }
        if (key instanceof Text) {
            Object found = member(object, key.toString());
            return found != null ? found : missing(object, key.toString());
        }
        return new Undefined(Values.typeName(object) + " object has no element " + e.print(key));
    }

    private static Object member(Object object, String name) {
        if (object instanceof Undefined) {
            throw ((Undefined) object).failure();
        }
        if (object instanceof Text) {
            return TextMethods.find((Text) object, name);
        }
        if (object instanceof Map) {
            return ContainerMethods.ofMap((Map<?, ?>) object, name);
        }
        if (object instanceof List) {
            return ContainerMethods.ofList((List<?>) object, name);
        }
        return object instanceof LoopState ? ((LoopState) object).attribute(name) : null;
    }

    private static Object ofNamespace(Namespace namespace, String name) {
        Map<String, Object> attributes = namespace.attributes;
        return attributes.containsKey(name) ? attributes.get(name) : missing(namespace, name);
    }

    private static Undefined missing(Object object, String name) {
        String owner =
                object instanceof Map ? "dict object" : object == null ? "None" : Values.typeName(object) + " object";
        return new Undefined("'" + owner + "' has no attribute '" + name + "'");
    }

    /** The code points {@code [from, to)} of a string. */
    static Text characters(Text text, int from, int to) {
        String s = text.toString();
        int start = s.offsetByCodePoints(0, from);
        return text.substring(start, s.offsetByCodePoints(start, to - from));
    }

    static Object slice(Evaluation e, Object object, Object startValue, Object stopValue, Object stepValue) {
        if (object instanceof Undefined) {
            throw ((Undefined) object).failure();
        }
        if (!(object instanceof Text) && !(object instanceof List)) {
            throw new Failure("'" + Values.typeName(object) + "' object cannot be sliced");
        }
        long step = stepValue == null ? 1 : Values.integer(stepValue, "slice step");
        if (step == 0) {
            throw new Failure("slice step cannot be zero");
        }
        long length = Values.length(object);
        long start = bound(startValue, step > 0 ? 0 : length - 1, length, step);
        long stop = bound(stopValue, step > 0 ? length : -1, length, step);
        if (object instanceof Text && step == 1) {
            return characters((Text) object, (int) start, (int) Math.max(start, stop));
        }
        List<Object> items = Values.items(e.budget, object);
        List<Object> chosen = new ArrayList<>();
        for (long i = start; step > 0 ? i < stop : i > stop; i = Math.addExact(i, step)) {
            e.budget.step();
            chosen.add(items.get((int) i));
            if (Math.abs(step) > length) {
                break;
            }
        }
        if (object instanceof List) {
            return chosen;
        }
        TextBuilder text = new TextBuilder(e.budget);
        chosen.forEach(c -> text.append((Text) c));
        return text.build();
    }

    private static long bound(Object value, long otherwise, long length, long step) {
        if (value == null) {
            return otherwise;
        }
        long given = Values.integer(value, "slice index");
        long index = given < 0 ? given + length : given;
        return step > 0 ? Math.max(0, Math.min(index, length)) : Math.max(-1, Math.min(index, length - 1));
    }
}
