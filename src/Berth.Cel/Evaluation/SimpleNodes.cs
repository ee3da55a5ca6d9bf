using Berth.Cel.Functions;
using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel.Evaluation;

internal sealed class ConstantNode(CelValue value) : Node
{
    public CelValue Value => value;

    public override CelValue Evaluate(Frame frame) => value;
}

internal sealed class VariableNode(string name) : Node
{
    public override CelValue Evaluate(Frame frame)
    {
        frame.Charge(1);
        return frame.Inputs.Find(name) ?? new CelError($"no such attribute(s): {name}");
    }
}

internal sealed class LocalNode(int slot) : Node
{
    public override CelValue Evaluate(Frame frame)
    {
        frame.Charge(1);
        return frame.Locals[slot];
    }
}

internal sealed class SelectNode(Node operand, string field, bool isOptional) : Node
{
    private readonly CelString _key = new(field);

    public override CelValue Evaluate(Frame frame)
    {
        var target = operand.Evaluate(frame);
        frame.Charge(1);
        if (isOptional || target is CelOptional)
            return target is CelError ? target : Operators.OptionalAt(target, _key);
        return target switch
        {
            CelMap map => map.Find(_key) ?? CelError.NoSuchKey(_key),
            CelObject o => o.Find(field) ?? CelError.NoSuchKey(_key),
            CelError => target,
            _ => CelError.NoSuchOverload,
        };
    }
}

/// <summary><c>has(a.b)</c>.</summary>
internal sealed class PresenceNode(Node operand, string field) : Node
{
    private readonly CelString _key = new(field);

    public override CelValue Evaluate(Frame frame)
    {
        var target = operand.Evaluate(frame);
        while (target is CelOptional optional)
        {
            if (optional.Value is null)
                return false;
            target = optional.Value;
        }

        return target switch
        {
            CelMap map => map.Find(_key) is not null,
            CelObject o => o.Find(field) is not null,
            CelError => target,
            _ => CelError.NoSuchOverload,
        };
    }
}

internal sealed class IndexNode(Node operand, Node index, bool isOptional) : Node
{
    public override CelValue Evaluate(Frame frame)
    {
        var target = operand.Evaluate(frame);
        if (target is CelError)
            return target;
        var key = index.Evaluate(frame);
        if (key is CelError)
            return key;
        frame.Charge(1);
        if (isOptional || target is CelOptional)
            return Operators.OptionalAt(target, key);
        return target switch
        {
            CelMap map => map.Find(key) ?? CelError.NoSuchKey(key),
            CelList list => Operators.At(list, key),
            CelObject o when key is CelString name => o.Find(name.Value) ?? CelError.NoSuchKey(key),
            _ => CelError.NoSuchOverload,
        };
    }
}

internal sealed class ListNode(IReadOnlyList<(Node Item, bool IsOptional)> items) : Node
{
    public override CelValue Evaluate(Frame frame)
    {
        frame.Charge(CallCost.ListCreation);
        var values = new List<CelValue>(items.Count);
        foreach (var (item, isOptional) in items)
        {
            var value = item.Evaluate(frame);
            if (value is CelError)
                return value;
            if (!isOptional)
                values.Add(value);
            else if (value is not CelOptional optional)
                return new CelError($"cannot initialize optional list element from non-optional value {value}");
            else if (optional.Value is { } present)
                values.Add(present);
        }

        return CelList.Of(values);
    }
}

internal sealed class MapNode(IReadOnlyList<(Node Key, Node Value, bool IsOptional)> entries) : Node
{
    public override CelValue Evaluate(Frame frame)
    {
        frame.Charge(CallCost.MapCreation);
        var values = new Dictionary<CelValue, CelValue>(CelEquality.Comparer);
        foreach (var entry in entries)
        {
            var key = entry.Key.Evaluate(frame);
            if (key is CelError)
                return key;
            if (key is not (CelString or CelInt or CelUint or CelBool))
                return new CelError($"unsupported key type: {key.Type.Name}");
            var value = entry.Value.Evaluate(frame);
            if (value is CelError)
                return value;
            if (entry.IsOptional)
            {
                if (value is not CelOptional optional)
                    return new CelError($"cannot initialize optional entry '{key}' from non-optional value {value}");
                if (optional.Value is null)
                    continue;
                value = optional.Value;
            }

            if (!values.TryAdd(key, value))
                return new CelError($"Failed with repeated key {key}");
        }

        return CelMap.Of(values);
    }
}

internal sealed class StructNode(CelType type, IReadOnlyList<(string Field, Node Value, bool IsOptional)> fields) : Node
{
    public override CelValue Evaluate(Frame frame)
    {
        frame.Charge(CallCost.StructCreation);
        var values = new Dictionary<string, CelValue>(StringComparer.Ordinal);
        foreach (var (name, node, isOptional) in fields)
        {
            var value = node.Evaluate(frame);
            if (value is CelError)
                return value;
            if (isOptional)
            {
                if (value is not CelOptional optional)
                    return new CelError($"cannot initialize optional entry '{name}' from non-optional value {value}");
                if (optional.Value is null)
                    continue;
                value = optional.Value;
            }

            values[name] = value;
        }

        return new RecordValue(type, values);
    }
}
