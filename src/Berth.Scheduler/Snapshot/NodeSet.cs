using System.Numerics;

namespace Berth.Scheduler.Snapshot;

/// <summary>A set of node rows, one bit each.</summary>
public sealed class NodeSet
{
    private ulong[] _words;

    public NodeSet(int capacity) => _words = new ulong[(capacity + 63) / 64];

    private NodeSet(ulong[] words) => _words = words;

    public int Count
    {
        get
        {
            var count = 0;
            foreach (var word in _words)
                count += BitOperations.PopCount(word);
            return count;
        }
    }

    public bool IsEmpty => !_words.AsSpan().ContainsAnyExcept(0UL);

    public bool Contains(int row) => row >> 6 < _words.Length && (_words[row >> 6] & (1UL << (row & 63))) != 0;

    public void Add(int row)
    {
        if (row >> 6 >= _words.Length)
            Array.Resize(ref _words, Math.Max(_words.Length * 2, (row >> 6) + 1));
        _words[row >> 6] |= 1UL << (row & 63);
    }

    public void Remove(int row)
    {
        if (row >> 6 < _words.Length)
            _words[row >> 6] &= ~(1UL << (row & 63));
    }

    public void Set(int row, bool member)
    {
        if (member)
            Add(row);
        else
            Remove(row);
    }

    /// <summary>Leaves only what <paramref name="other"/> contains too.</summary>
    public void IntersectWith(NodeSet other)
    {
        for (var i = 0; i < _words.Length; i++)
            _words[i] &= i < other._words.Length ? other._words[i] : 0;
    }

    /// <summary>The members that <paramref name="other"/> contains too, as a set of its own.</summary>
    public NodeSet Intersect(NodeSet other)
    {
        var both = Copy();
        both.IntersectWith(other);
        return both;
    }

    public NodeSet Copy() => new(_words.ToArray());

    /// <summary>Rows in ascending order, for where speed does not matter.</summary>
    public IEnumerable<int> AsEnumerable()
    {
        foreach (var row in Copy())
            yield return row;
    }

    /// <summary>Rows in ascending order. A row removed while enumerating is still met when it stands in the word being read.</summary>
    public Enumerator GetEnumerator() => new(_words);

    public struct Enumerator(ulong[] words)
    {
        private readonly ulong[] _words = words;
        private ulong _rest = words.Length > 0 ? words[0] : 0;
        private int _word;

        public int Current { get; private set; }

        public bool MoveNext()
        {
            while (_rest == 0)
            {
                if (++_word >= _words.Length)
                    return false;
                _rest = _words[_word];
            }

            Current = (_word << 6) + BitOperations.TrailingZeroCount(_rest);
            _rest &= _rest - 1;
            return true;
        }
    }
}
