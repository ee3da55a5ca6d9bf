using Berth.Cel.Types;

namespace Berth.Cel.Values;

public abstract class CelList : CelValue
{
    public abstract int Count { get; }

    public override CelType Type => CelType.ListOfDyn;

    public override long Size => Count;

    public override bool IsZero => Count == 0;

    public abstract CelValue this[int index] { get; }

    public static CelList Of(IReadOnlyList<CelValue> items) => new ArrayList(items);

    /// <summary>What <c>+</c> gives. Lists that are sets or maps merge instead.</summary>
    public virtual CelList Concat(CelList other) => Count == 0 ? other : other.Count == 0 ? this : new ConcatList(this, other);

    public override bool EqualTo(CelValue other)
    {
        if (other is not CelList list || list.Count != Count)
            return false;
        for (var i = 0; i < Count; i++)
        {
            if (!CelEquality.AreEqual(this[i], list[i]))
                return false;
        }

        return true;
    }

    public bool Contains(CelValue value)
    {
        for (var i = 0; i < Count; i++)
        {
            if (CelEquality.AreEqual(this[i], value))
                return true;
        }

        return false;
    }

    public override string ToString() => $"[{string.Join(", ", Enumerable.Range(0, Count).Select(i => this[i]))}]";

    private sealed class ArrayList(IReadOnlyList<CelValue> items) : CelList
    {
        public override int Count => items.Count;

        public override CelValue this[int index] => items[index];
    }

    // Appending in a loop would copy every time; depth is bounded by flattening when it grows.
    private sealed class ConcatList : CelList
    {
        private const int DepthMax = 32;
        private readonly CelList _first;
        private readonly CelList _second;
        private readonly int _depth;

        public ConcatList(CelList first, CelList second)
        {
            var depth = 1 + Math.Max(first is ConcatList f ? f._depth : 0, second is ConcatList s ? s._depth : 0);
            if (depth > DepthMax)
                (first, second, depth) = (Of([.. Items(first), .. Items(second)]), Of([]), 1);
            (_first, _second, _depth) = (first, second, depth);
            Count = first.Count + second.Count;
        }

        public override int Count { get; }

        public override CelValue this[int index] => index < _first.Count ? _first[index] : _second[index - _first.Count];

        private static IEnumerable<CelValue> Items(CelList list) => Enumerable.Range(0, list.Count).Select(i => list[i]);
    }
}
