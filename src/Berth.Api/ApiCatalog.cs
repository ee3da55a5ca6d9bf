using System.Collections.Frozen;
using Berth.Api.Schema;

namespace Berth.Api;

/// <summary>Every kind that Berth has a description of, found by its names.</summary>
public static partial class ApiCatalog
{
    private static readonly KindInfo[] s_all = Generated();

    private static readonly FrozenDictionary<(string Group, string Version, string Kind), KindInfo> s_byKind =
        s_all.ToFrozenDictionary(k => (k.Group, k.Version, k.Kind));

    private static readonly FrozenDictionary<(string Group, string Version, string Plural), KindInfo> s_byPlural =
        s_all.Where(k => k.Plural.Length > 0).ToFrozenDictionary(k => (k.Group, k.Version, k.Plural));

    public static IReadOnlyList<KindInfo> All => s_all;

    /// <summary>Null when Berth does not know the kind.</summary>
    public static KindInfo? ByKind(string group, string version, string kind) => s_byKind.GetValueOrDefault((group, version, kind));

    /// <inheritdoc cref="ByKind(string, string, string)"/>
    public static KindInfo? ByKind(string apiVersion, string kind)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? ByKind("", apiVersion, kind) : ByKind(apiVersion[..slash], apiVersion[(slash + 1)..], kind);
    }

    /// <summary>Null when there is no such collection.</summary>
    public static KindInfo? ByPlural(string group, string version, string plural) => s_byPlural.GetValueOrDefault((group, version, plural));
}
