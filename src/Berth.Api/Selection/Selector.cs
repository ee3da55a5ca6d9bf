
namespace Berth.Api.Selection;

/// <summary>A compiled label selector: all of its requirements must hold. Immutable and safe to share.</summary>
public sealed class Selector : IEquatable<Selector>
{
    private readonly Requirement[] _requirements;
    private readonly bool _nothing;

    internal Selector(Requirement[] requirements, bool nothing = false)
    {
        _requirements = requirements;
        _nothing = nothing;
    }

    public static Selector Everything { get; } = new([]);

    public static Selector Nothing { get; } = new([], nothing: true);

    public bool IsEverything => !_nothing && _requirements.Length == 0;

    public IReadOnlyList<Requirement> Requirements => _requirements;

    public bool Matches(ApiMap<string> labels)
    {
        if (_nothing)
            return false;
        foreach (var requirement in _requirements)
        {
            if (!requirement.Matches(labels))
                return false;
        }

        return true;
    }

    public bool Matches(IApiObject value) => Matches(value.Metadata.Labels);

    public bool Equals(Selector? other) => other is not null && ToString() == other.ToString();

    public override bool Equals(object? obj) => Equals(obj as Selector);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>As it stands in a query: <c>app=web,tier in (a,b),!canary</c>.</summary>
    public override string ToString() => _nothing ? "<nothing>" : string.Join(",", _requirements.Select(r => r.ToString()));
}
