using System.Collections.Immutable;

namespace Berth.Network.Proxy;

/// <summary>The part of the table that one Service owns. Chains and sets are its own by name; elements go into maps that all share.</summary>
public sealed record RuleFragment(
    ImmutableArray<NftChain> Chains,
    ImmutableArray<NftAffinitySet> AffinitySets,
    ImmutableArray<NftElement> Elements)
{
    public static readonly RuleFragment Empty = new([], [], []);
}

public sealed record NftChain(string Name, ImmutableArray<string> Rules)
{
    public bool Equals(NftChain? other) => other is not null && Name == other.Name && Rules.SequenceEqual(other.Rules);

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);
}

/// <summary>Client addresses that stay with one endpoint. Its name contains the time-out, because that of an existing set cannot be changed.</summary>
public readonly record struct NftAffinitySet(string Name, int TimeoutSeconds);

/// <param name="Key">As nftables writes it: "10.96.0.1 . tcp . 80".</param>
/// <param name="Value">For example "goto CHAIN"; empty in plain sets.</param>
public readonly record struct NftElement(string Set, string Key, string Value = "");
