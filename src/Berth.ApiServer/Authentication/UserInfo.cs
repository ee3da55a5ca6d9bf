using System.Collections.Immutable;

namespace Berth.ApiServer.Authentication;

/// <summary>Who sends a request, as authentication found it or as impersonation made it.</summary>
/// <param name="Uid">Empty when the credential carries none (client certificates).</param>
public sealed record UserInfo(
    string Name,
    string Uid,
    ImmutableArray<string> Groups,
    ImmutableDictionary<string, ImmutableArray<string>> Extra)
{
    /// <summary>Members may do everything; no role is looked at.</summary>
    public const string MastersGroup = "system:masters";

    public const string AuthenticatedGroup = "system:authenticated";
    public const string UnauthenticatedGroup = "system:unauthenticated";
    public const string NodesGroup = "system:nodes";
    public const string AnonymousName = "system:anonymous";
    public const string NodeNamePrefix = "system:node:";
    public const string ServiceAccountNamePrefix = "system:serviceaccount:";
    public const string ServiceAccountsGroup = "system:serviceaccounts";

    public static UserInfo Anonymous { get; } = Of(AnonymousName, UnauthenticatedGroup);

    /// <summary>A user without uid or extra values.</summary>
    public static UserInfo Of(string name, params ReadOnlySpan<string> groups) =>
        new(name, "", [.. groups], ImmutableDictionary<string, ImmutableArray<string>>.Empty);

    /// <summary>The user that the pods of a service account are.</summary>
    public static UserInfo ServiceAccount(string ns, string name, string uid) =>
        new(
            ServiceAccountUserName(ns, name),
            uid,
            ServiceAccountGroups(ns),
            ImmutableDictionary<string, ImmutableArray<string>>.Empty);

    public static string ServiceAccountUserName(string ns, string name) => $"{ServiceAccountNamePrefix}{ns}:{name}";

    public static ImmutableArray<string> ServiceAccountGroups(string ns) =>
        [ServiceAccountsGroup, $"{ServiceAccountsGroup}:{ns}", AuthenticatedGroup];

    public bool IsIn(string group) => Groups.Contains(group);

    /// <summary>As a client sees it in reviews.</summary>
    public Berth.Api.Authentication.V1.UserInfo ToApi() => new()
    {
        Username = Name,
        Uid = Uid,
        Groups = [.. Groups],
        Extra = Extra.Aggregate(
            (Berth.Api.ApiMap<Berth.Api.ApiList<string>>)[], (map, pair) => map.With(pair.Key, [.. pair.Value])),
    };

    // The generated members would compare the collections by identity.
    public bool Equals(UserInfo? other) =>
        other is not null && Name == other.Name && Uid == other.Uid
        && Groups.AsSpan().SequenceEqual(other.Groups.AsSpan())
        && Extra.Count == other.Extra.Count
        && Extra.All(pair => other.Extra.TryGetValue(pair.Key, out var values) && pair.Value.AsSpan().SequenceEqual(values.AsSpan()));

    public override int GetHashCode() => HashCode.Combine(Name, Uid, Groups.Length);
}
