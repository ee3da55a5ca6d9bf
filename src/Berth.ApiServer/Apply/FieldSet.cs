namespace Berth.ApiServer.Apply;

/// <summary>
/// A set of field paths, as a tree sorted by path element. A path can be in the set with or without what is below it.
/// Immutable once built; operations share subtrees.
/// </summary>
/// <remarks>Invariant: no entry is neither owned nor has anything below it.</remarks>
internal sealed class FieldSet : IEquatable<FieldSet>
{
    private readonly List<Entry> _entries = [];

    public static FieldSet Empty { get; } = new();

    public bool IsEmpty => _entries.Count == 0;

    public IReadOnlyList<Entry> Entries => _entries;

    /// <summary>Set of fields given by their names, outermost first.</summary>
    public static FieldSet Of(params IEnumerable<string[]> paths)
    {
        var set = new FieldSet();
        foreach (var path in paths)
            set.Add([.. path.Select(PathElement.Field)]);
        return set;
    }

    /// <summary>Adds one path; its parents are not added. Only for the one who builds the set.</summary>
    public void Add(ReadOnlySpan<PathElement> path)
    {
        // The whole object is nobody's.
        if (path.IsEmpty)
            return;
        var at = Find(path[0]);
        if (at < 0)
        {
            at = ~at;
            _entries.Insert(at, new Entry(path[0], false, null));
        }

        var entry = _entries[at];
        if (path.Length == 1)
        {
            _entries[at] = entry with { Owned = true };
            return;
        }

        var below = entry.Below ?? new FieldSet();
        below.Add(path[1..]);
        _entries[at] = entry with { Below = below };
    }

    /// <summary>Adds an element with what is below it. Only for the one who builds the set.</summary>
    public void Add(PathElement element, bool owned, FieldSet below)
    {
        if (!owned && below.IsEmpty)
            return;
        var at = Find(element);
        if (at < 0)
        {
            _entries.Insert(~at, new Entry(element, owned, below.IsEmpty ? null : below));
            return;
        }

        var known = _entries[at];
        _entries[at] = new Entry(element, owned || known.Owned, known.Below is null ? (below.IsEmpty ? null : below) : known.Below.Union(below));
    }

    /// <summary>True when the path itself is in the set.</summary>
    public bool Has(ReadOnlySpan<PathElement> path)
    {
        if (path.IsEmpty || Find(path[0]) is var at && at < 0)
            return false;
        return path.Length == 1 ? _entries[at].Owned : _entries[at].Below?.Has(path[1..]) ?? false;
    }

    public bool Has(PathElement element) => Find(element) is var at && at >= 0 && _entries[at].Owned;

    /// <summary>What the set has below an element, without the element; empty when nothing.</summary>
    public FieldSet Below(PathElement element) => Find(element) is var at && at >= 0 ? _entries[at].Below ?? Empty : Empty;

    public FieldSet Union(FieldSet other)
    {
        if (other.IsEmpty)
            return this;
        if (IsEmpty)
            return other;
        return Combine(other, static (a, b) => a || b, static (a, b) => a is null ? b : b is null ? a : a.Union(b));
    }

    public FieldSet Intersect(FieldSet other) =>
        Combine(other, static (a, b) => a && b, static (a, b) => a is null || b is null ? null : a.Intersect(b));

    /// <summary>Without the paths of <paramref name="other"/>; what is below them stays. This set itself when it has none of them.</summary>
    public FieldSet Except(FieldSet other)
    {
        if (!Overlaps(other))
            return this;
        return Combine(other, static (a, b) => a && !b, static (a, b) => a is null || b is null ? a : a.Except(b));
    }

    /// <summary>True when the sets share a path.</summary>
    public bool Overlaps(FieldSet other)
    {
        int i = 0, j = 0;
        while (i < _entries.Count && j < other._entries.Count)
        {
            var (left, right) = (_entries[i], other._entries[j]);
            var order = left.Element.CompareTo(right.Element);
            if (order == 0 && ((left.Owned && right.Owned) || (left.Below is not null && right.Below is not null && left.Below.Overlaps(right.Below))))
                return true;
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }

        return false;
    }

    /// <summary>Without the paths of <paramref name="other"/> and all that is below them.</summary>
    public FieldSet ExceptDeep(FieldSet other)
    {
        if (other.IsEmpty)
            return this;
        var result = new FieldSet();
        foreach (var entry in _entries)
        {
            if (!other.Has(entry.Element))
                result.Append(entry.Element, entry.Owned, entry.Below?.ExceptDeep(other.Below(entry.Element)));
        }

        return result;
    }

    /// <summary>The same set with each struct field owned that has something owned below it.</summary>
    public FieldSet WithNamedFields(FieldType type)
    {
        var result = new FieldSet();
        foreach (var entry in _entries)
        {
            if (entry.Below is null)
            {
                result._entries.Add(entry);
                continue;
            }

            var isNamed = entry.Element.FieldName is { } name && type.Declares(name);
            result._entries.Add(new Entry(entry.Element, entry.Owned || isNamed, entry.Below.WithNamedFields(type.Child(entry.Element))));
        }

        return result;
    }

    /// <summary>All paths of the set: the fields of one level first, then those below them.</summary>
    public IEnumerable<PathElement[]> Paths()
    {
        foreach (var entry in _entries)
        {
            if (entry.Owned)
                yield return [entry.Element];
        }

        foreach (var entry in _entries)
        {
            foreach (var path in entry.Below?.Paths() ?? [])
                yield return [entry.Element, .. path];
        }
    }

    public bool Equals(FieldSet? other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (other is null || other._entries.Count != _entries.Count)
            return false;
        for (var i = 0; i < _entries.Count; i++)
        {
            var (left, right) = (_entries[i], other._entries[i]);
            if (left.Owned != right.Owned || !left.Element.Equals(right.Element) || !(left.Below ?? Empty).Equals(right.Below ?? Empty))
                return false;
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as FieldSet);

    public override int GetHashCode() => _entries.Aggregate(0, (hash, entry) => HashCode.Combine(hash, entry.Element, entry.Owned));

    /// <summary>One path a line.</summary>
    public override string ToString() => string.Join("\n", Paths().Select(path => string.Concat(path.Select(e => e.ToString()))));

    private FieldSet Combine(FieldSet other, Func<bool, bool, bool> owned, Func<FieldSet?, FieldSet?, FieldSet?> below)
    {
        var result = new FieldSet();
        int i = 0, j = 0;
        while (i < _entries.Count || j < other._entries.Count)
        {
            var order = i == _entries.Count ? 1 : j == other._entries.Count ? -1 : _entries[i].Element.CompareTo(other._entries[j].Element);
            var left = order <= 0 ? _entries[i++] : default;
            var right = order >= 0 ? other._entries[j++] : default;
            result.Append(order <= 0 ? left.Element : right.Element, owned(left.Owned, right.Owned), below(left.Below, right.Below));
        }

        return result;
    }

    // Callers come in order.
    private void Append(PathElement element, bool owned, FieldSet? below)
    {
        var kept = below is { IsEmpty: false } ? below : null;
        if (owned || kept is not null)
            _entries.Add(new Entry(element, owned, kept));
    }

    private int Find(PathElement element)
    {
        // Extraction comes mostly in order, so that the end is the likeliest place.
        int low = 0, high = _entries.Count - 1;
        if (high >= 0 && _entries[high].Element.CompareTo(element) < 0)
            return ~_entries.Count;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = _entries[middle].Element.CompareTo(element);
            if (order == 0)
                return middle;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return ~low;
    }

    /// <param name="Owned">The element itself is in the set.</param>
    /// <param name="Below">What is in the set below the element; null for nothing.</param>
    internal readonly record struct Entry(PathElement Element, bool Owned, FieldSet? Below);
}
