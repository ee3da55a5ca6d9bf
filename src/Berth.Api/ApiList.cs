using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Berth.Api;

/// <summary>Immutable list with value equality, so that records that hold one compare by content. Never null in API types.</summary>
[CollectionBuilder(typeof(ApiList), nameof(ApiList.Create))]
public sealed class ApiList<T> : IReadOnlyList<T>, IEquatable<ApiList<T>>
{
    private readonly T[] _items;

    internal ApiList(T[] items) => _items = items;

    public static ApiList<T> Empty { get; } = new([]);

    public int Count => _items.Length;

    public bool IsEmpty => _items.Length == 0;

    public T this[int index] => _items[index];

    public ReadOnlySpan<T> AsSpan() => _items;

    public ApiList<T> Add(T item) => new([.. _items, item]);

    /// <summary>The same list with the item at <paramref name="index"/> replaced.</summary>
    public ApiList<T> SetItem(int index, T item)
    {
        var copy = _items.ToArray();
        copy[index] = item;
        return new(copy);
    }

    /// <summary>Maps each item; gives this list back when no item changed, so that nothing is copied for nothing.</summary>
    public ApiList<T> Map(Func<T, T> map)
    {
        T[]? copy = null;
        for (var i = 0; i < _items.Length; i++)
        {
            var mapped = map(_items[i]);
            if (copy is null && !ReferenceEquals(mapped, _items[i]))
                copy = _items.ToArray();
            if (copy is not null)
                copy[i] = mapped;
        }

        return copy is null ? this : new(copy);
    }

    public ImmutableArray<T> ToImmutableArray() => ImmutableCollectionsMarshal.AsImmutableArray(_items);

    public bool Equals(ApiList<T>? other) =>
        ReferenceEquals(this, other) || (other is not null && new ReadOnlySpan<T>(_items).SequenceEqual(other._items, comparer: null));

    public override bool Equals(object? obj) => Equals(obj as ApiList<T>);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var item in _items)
            hash.Add(item);
        return hash.ToHashCode();
    }

    public override string ToString() => $"[{string.Join(", ", _items)}]";

    public ArrayEnumerator GetEnumerator() => new(_items);

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();

    /// <summary>Enumerates without allocating.</summary>
    public struct ArrayEnumerator
    {
        private readonly T[] _items;
        private int _index;

        internal ArrayEnumerator(T[] items)
        {
            _items = items;
            _index = -1;
        }

        public readonly T Current => _items[_index];

        public bool MoveNext() => ++_index < _items.Length;
    }
}

/// <summary>Makes <see cref="ApiList{T}"/>s.</summary>
public static class ApiList
{
    public static ApiList<T> Create<T>(ReadOnlySpan<T> items) => items.IsEmpty ? ApiList<T>.Empty : new(items.ToArray());

    public static ApiList<T> ToApiList<T>(this IEnumerable<T> items)
    {
        if (items is ApiList<T> same)
            return same;
        var array = items.ToArray();
        return array.Length == 0 ? ApiList<T>.Empty : new(array);
    }
}
