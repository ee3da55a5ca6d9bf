using Berth.ApiServer.Authentication;

namespace Berth.ApiServer.Authorization;

/// <summary>Tells node agents from other users: named system:node:NAME and in the group system:nodes.</summary>
internal static class NodeIdentity
{
    /// <returns>Null when it is no node; empty when it is one without a name.</returns>
    public static string? NodeNameOf(string userName, IReadOnlyList<string> groups) =>
        userName.StartsWith(UserInfo.NodeNamePrefix, StringComparison.Ordinal) && groups.Contains(UserInfo.NodesGroup)
            ? userName[UserInfo.NodeNamePrefix.Length..]
            : null;
}
