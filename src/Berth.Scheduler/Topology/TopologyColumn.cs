using Berth.Api;

namespace Berth.Scheduler.Topology;

/// <summary>
/// One node label that pods are gathered or spread by: the domain (label value) of each node, by row. Domains are numbered
/// densely, so that counts by domain are arrays. Owned by <see cref="TopologyIndex"/>.
/// </summary>
/// <remarks>
/// The number of a domain that lost its last node is given to the next new domain. By then every count of it is zero: pods
/// are uncounted before their node changes its label.
/// </remarks>
public sealed class TopologyColumn
{
    /// <summary>Domain of a node without the label.</summary>
    public const int None = -1;

    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _values = [];
    private readonly Stack<int> _free = new();
    private int[] _domains = [];
    private int[] _nodes = [];

    internal TopologyColumn(string key) => Key = key;

    public string Key { get; }

    /// <summary>Domain of each row; <see cref="None"/> for nodes without the label and for rows without a node.</summary>
    public ReadOnlySpan<int> Domains => _domains;

    /// <summary>One more than the highest number a domain ever had: the length that arrays by domain need.</summary>
    public int DomainLimit => _values.Count;

    /// <summary>Number of nodes in each domain; zero for numbers that are free.</summary>
    public ReadOnlySpan<int> NodesIn => _nodes.AsSpan(0, _values.Count);

    /// <summary>Nodes that have the label.</summary>
    public int Labelled { get; private set; }

    /// <summary>Label value of a domain.</summary>
    public string Value(int domain) => _values[domain];

    internal bool Differs(int row, ApiMap<string> labels) =>
        labels.TryGetValue(Key, out var value)
            ? !_numbers.TryGetValue(value, out var number) || _domains[row] != number
            : _domains[row] != None;

    internal void Grow(int rows)
    {
        var before = _domains.Length;
        if (rows <= before)
            return;
        Array.Resize(ref _domains, rows);
        _domains.AsSpan(before).Fill(None);
    }

    internal void Set(int row, ApiMap<string> labels)
    {
        Clear(row);
        if (!labels.TryGetValue(Key, out var value))
            return;
        if (!_numbers.TryGetValue(value, out var number))
            _numbers.Add(value, number = NewNumber(value));
        _domains[row] = number;
        _nodes[number]++;
        Labelled++;
    }

    internal void Clear(int row)
    {
        var number = _domains[row];
        if (number == None)
            return;
        _domains[row] = None;
        Labelled--;
        if (--_nodes[number] > 0)
            return;
        _numbers.Remove(_values[number]);
        _free.Push(number);
    }

    private int NewNumber(string value)
    {
        if (_free.TryPop(out var number))
        {
            _values[number] = value;
            return number;
        }

        number = _values.Count;
        _values.Add(value);
        if (number >= _nodes.Length)
            Array.Resize(ref _nodes, Math.Max(8, number * 2));
        return number;
    }
}
