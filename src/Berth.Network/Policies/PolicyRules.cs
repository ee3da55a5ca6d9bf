using System.Collections.Immutable;

namespace Berth.Network.Policies;

/// <summary>All that the policies of a node come to in nftables. Names say what is in them by a hash, so that equal names mean equal purpose.</summary>
/// <param name="Chains">Rules by chain.</param>
/// <param name="Sets">Elements by set; the set's type goes with its name.</param>
/// <param name="Maps">Verdicts of the maps of <see cref="PolicyTable"/>: by map and address.</param>
internal sealed record PolicyRules(
    IReadOnlyDictionary<string, ImmutableArray<string>> Chains,
    IReadOnlyDictionary<string, IReadOnlySet<string>> Sets,
    IReadOnlyDictionary<(string Map, string Key), string> Maps)
{
    public static readonly PolicyRules Empty = new(
        new Dictionary<string, ImmutableArray<string>>(), new Dictionary<string, IReadOnlySet<string>>(), new Dictionary<(string Map, string Key), string>());
}
