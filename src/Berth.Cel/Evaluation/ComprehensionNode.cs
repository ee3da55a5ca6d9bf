using Berth.Cel.Functions;
using Berth.Cel.Syntax;
using Berth.Cel.Values;

namespace Berth.Cel.Evaluation;

/// <summary>A macro that walks a list or a map. Charges for each round what the reference implementation's accumulator would cost.</summary>
internal sealed class ComprehensionNode(ComprehensionKind kind, Node range, int first, int second, Node? filter, Node body) : Node
{
    public override CelValue Evaluate(Frame frame)
    {
        var over = range.Evaluate(frame);
        if (over is CelError)
            return over;
        var rounds = Rounds(over);
        if (rounds is null)
            return CelError.NoSuchOverload;
        frame.Charge(1);
        return kind switch
        {
            ComprehensionKind.All => Quantified(frame, rounds, settles: false),
            ComprehensionKind.Exists => Quantified(frame, rounds, settles: true),
            ComprehensionKind.ExistsOne => ExistsOne(frame, rounds),
            ComprehensionKind.Map => Map(frame, rounds),
            ComprehensionKind.Filter => Filter(frame, rounds),
            ComprehensionKind.SortBy => SortBy(frame, rounds),
            _ => TransformMap(frame, rounds),
        };
    }

    // With one variable: items of a list, keys of a map. With two: index and item, key and value.
    private IEnumerable<(CelValue First, CelValue? Second)>? Rounds(CelValue over) => over switch
    {
        CelList list when second < 0 => Enumerable.Range(0, list.Count).Select(i => (list[i], (CelValue?)null)),
        CelList list => Enumerable.Range(0, list.Count).Select(i => ((CelValue)(long)i, (CelValue?)list[i])),
        CelMap map when second < 0 => map.Keys.Select(k => (k, (CelValue?)null)),
        CelMap map => map.Keys.Select(k => (k, map.Find(k))),
        CelObject o when second < 0 => o.Fields.Select(f => ((CelValue)f, (CelValue?)null)),
        CelObject o => o.Fields.Select(f => ((CelValue)f, o.Find(f))),
        _ => null,
    };

    private void Bind(Frame frame, (CelValue First, CelValue? Second) round)
    {
        frame.Locals[first] = round.First;
        if (second >= 0)
            frame.Locals[second] = round.Second ?? CelNull.Instance;
    }

    private CelValue Quantified(Frame frame, IEnumerable<(CelValue, CelValue?)> rounds, bool settles)
    {
        CelValue? failed = null;
        foreach (var round in rounds)
        {
            Bind(frame, round);
            frame.Charge(settles ? 4 : 3);
            var holds = body.Evaluate(frame);
            if (holds is CelBool b && b.Value == settles)
                return holds;
            if (holds is not CelBool)
                failed ??= holds is CelError ? holds : CelError.NoSuchOverload;
        }

        return failed ?? CelBool.Of(!settles);
    }

    private CelValue ExistsOne(Frame frame, IEnumerable<(CelValue, CelValue?)> rounds)
    {
        var count = 0;
        foreach (var round in rounds)
        {
            Bind(frame, round);
            frame.Charge(1);
            var holds = body.Evaluate(frame);
            if (holds is not CelBool b)
                return holds is CelError ? holds : CelError.NoSuchOverload;
            if (b.Value)
                count++;
        }

        frame.Charge(2);
        return count == 1;
    }

    private CelValue Map(Frame frame, IEnumerable<(CelValue, CelValue?)> rounds)
    {
        frame.Charge(CallCost.ListCreation);
        var items = new List<CelValue>();
        foreach (var round in rounds)
        {
            Bind(frame, round);
            var chosen = Chosen(frame);
            if (chosen is CelError)
                return chosen;
            if (!((CelBool)chosen).Value)
                continue;
            frame.Charge(CallCost.ListCreation + 2);
            var item = body.Evaluate(frame);
            if (item is CelError)
                return item;
            items.Add(item);
        }

        return CelList.Of(items);
    }

    private CelValue Filter(Frame frame, IEnumerable<(CelValue, CelValue?)> rounds)
    {
        frame.Charge(CallCost.ListCreation);
        var items = new List<CelValue>();
        foreach (var round in rounds)
        {
            Bind(frame, round);
            frame.Charge(1);
            var holds = body.Evaluate(frame);
            if (holds is not CelBool b)
                return holds is CelError ? holds : CelError.NoSuchOverload;
            if (!b.Value)
                continue;
            frame.Charge(CallCost.ListCreation + 2);
            items.Add(round.Item1);
        }

        return CelList.Of(items);
    }

    private CelValue SortBy(Frame frame, IEnumerable<(CelValue, CelValue?)> rounds)
    {
        var (items, keys) = (new List<CelValue>(), new List<CelValue>());
        frame.Charge(2 * CallCost.ListCreation);
        foreach (var round in rounds)
        {
            Bind(frame, round);
            frame.Charge(CallCost.ListCreation + 2);
            var key = body.Evaluate(frame);
            if (key is CelError)
                return key;
            items.Add(round.Item1);
            keys.Add(key);
        }

        frame.Charge((long)items.Count * Math.Max(1, (long)Math.Log2(items.Count + 1)));
        return ListFunctions.SortBy(CelList.Of(items), keys);
    }

    private CelValue TransformMap(Frame frame, IEnumerable<(CelValue, CelValue?)> rounds)
    {
        frame.Charge(CallCost.MapCreation);
        var entries = new Dictionary<CelValue, CelValue>(CelEquality.Comparer);
        foreach (var round in rounds)
        {
            Bind(frame, round);
            var chosen = Chosen(frame);
            if (chosen is CelError)
                return chosen;
            if (!((CelBool)chosen).Value)
                continue;
            frame.Charge(2);
            var value = body.Evaluate(frame);
            if (value is CelError)
                return value;
            if (kind == ComprehensionKind.TransformMap)
            {
                entries[round.Item1] = value;
                continue;
            }

            if (value is not CelMap made)
                return CelError.NoSuchOverload;
            foreach (var key in made.Keys)
            {
                if (made.Find(key) is { } inner && !entries.TryAdd(key, inner))
                    return new CelError($"insert failed: key {key} already exists");
            }
        }

        return CelMap.Of(entries);
    }

    private CelValue Chosen(Frame frame)
    {
        if (filter is null)
            return CelBool.True;
        frame.Charge(1);
        var holds = filter.Evaluate(frame);
        return holds is CelBool or CelError ? holds : CelError.NoSuchOverload;
    }
}
