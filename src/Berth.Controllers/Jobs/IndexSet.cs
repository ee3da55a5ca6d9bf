using System.Globalization;
using System.Text;

namespace Berth.Controllers.Jobs;

/// <summary>A set of completion indexes, kept as runs: <c>1,3-5,7</c>. A Job's status holds it in this form. Immutable.</summary>
public sealed class IndexSet
{
    private readonly (int First, int Last)[] _runs;

    private IndexSet((int First, int Last)[] runs) => _runs = runs;

    public static IndexSet Empty { get; } = new([]);

    public int Count => _runs.Sum(static r => r.Last - r.First + 1);

    /// <summary>Reads the text of a status. What is not a number, or not below <paramref name="completions"/>, is left out.</summary>
    public static IndexSet Parse(string text, int completions)
    {
        var runs = new List<(int, int)>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var dash = part.IndexOf('-', StringComparison.Ordinal);
            if (!TryParse(dash < 0 ? part : part[..dash], out var first) || !TryParse(dash < 0 ? part : part[(dash + 1)..], out var last))
                continue;
            last = Math.Min(last, completions - 1);
            if (first <= last)
                runs.Add((first, last));
        }

        return Join(runs);
    }

    public bool Contains(int index)
    {
        foreach (var (first, last) in _runs)
        {
            if (index <= last)
                return index >= first;
        }

        return false;
    }

    public IndexSet With(IEnumerable<int> indexes)
    {
        var added = indexes.Select(static i => (i, i)).ToList();
        return added.Count == 0 ? this : Join(_runs.Concat(added));
    }

    public IndexSet With(IndexSet other) => other._runs.Length == 0 ? this : Join(_runs.Concat(other._runs));

    /// <summary>How many indexes both have.</summary>
    public int CountIn(IndexSet other)
    {
        var count = 0;
        foreach (var (first, last) in _runs)
        {
            foreach (var (from, to) in other._runs)
                count += Math.Max(0, Math.Min(last, to) - Math.Max(first, from) + 1);
        }

        return count;
    }

    /// <summary>The lowest indexes below <paramref name="completions"/> that are not in the set.</summary>
    public IReadOnlyList<int> FirstMissing(int count, int completions)
    {
        var missing = new List<int>();
        var candidate = 0;
        foreach (var (first, last) in _runs)
        {
            for (; candidate < first && candidate < completions && missing.Count < count; candidate++)
                missing.Add(candidate);
            candidate = Math.Max(candidate, last + 1);
        }

        for (; candidate < completions && missing.Count < count; candidate++)
            missing.Add(candidate);
        return missing;
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (first, last) in _runs)
        {
            if (text.Length > 0)
                text.Append(',');
            text.Append(first.ToString(CultureInfo.InvariantCulture));
            // Two in a row are written as a list, as Kubernetes does.
            if (last > first)
                text.Append(last == first + 1 ? ',' : '-').Append(last.ToString(CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    private static bool TryParse(string text, out int index) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out index);

    private static IndexSet Join(IEnumerable<(int First, int Last)> runs)
    {
        var joined = new List<(int First, int Last)>();
        foreach (var run in runs.OrderBy(static r => r.First))
        {
            if (joined.Count > 0 && run.First <= joined[^1].Last + 1)
                joined[^1] = (joined[^1].First, Math.Max(joined[^1].Last, run.Last));
            else
                joined.Add(run);
        }

        return joined.Count == 0 ? Empty : new([.. joined]);
    }
}
