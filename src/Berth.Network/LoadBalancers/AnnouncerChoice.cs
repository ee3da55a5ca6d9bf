using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Berth.Network.LoadBalancers;

/// <summary>
/// Which nodes stand for an address: by rendezvous hashing, so that addresses spread over the nodes, every node comes to the same order by
/// itself, and a node that goes changes nothing but its own addresses. Pure.
/// </summary>
internal static class AnnouncerChoice
{
    /// <summary>Nodes that ask for the lease of an address: the first, and one for when that is gone. More would only ask in vain.</summary>
    public const int CandidatesMax = 2;

    public static IReadOnlyList<string> Of(IPAddress address, IEnumerable<string> nodes) =>
        [.. nodes.OrderBy(n => Rank(address, n), StringComparer.Ordinal).Take(CandidatesMax)];

    private static string Rank(IPAddress address, string node) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{address}\n{node}")));
}
