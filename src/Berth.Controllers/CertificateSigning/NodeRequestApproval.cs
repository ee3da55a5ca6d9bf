using System.Net;
using Berth.Api.Certificates.V1;
using Berth.Api.Core.V1;

namespace Berth.Controllers.CertificateSigning;

/// <summary>
/// Which requests of nodes are approved without a person. Client certificates as in Kubernetes: whoever asks must be allowed
/// to (<see cref="Permission"/>). Serving certificates, which Kubernetes leaves to others: a node gets one for the names and
/// addresses that its Node object has, unless another node that is Ready has them too. Pure.
/// </summary>
public static class NodeRequestApproval
{
    private const string NodeUserPrefix = "system:node:";

    /// <summary>The subresource of certificatesigningrequests that the asking user must be allowed to create; null: not by this way.</summary>
    public static string? Permission(CertificateSigningRequestSpec spec, RequestedSubject subject)
    {
        if (spec.SignerName != SignerPolicy.NodeClient || SignerPolicy.Problem(spec, subject) is not null)
            return null;
        return spec.Username == subject.CommonName ? "selfnodeclient" : "nodeclient";
    }

    /// <summary>Whether it is a node's request for its own serving certificate.</summary>
    public static bool IsOwnServing(CertificateSigningRequestSpec spec, RequestedSubject subject) =>
        spec.SignerName == SignerPolicy.NodeServing && spec.Username == subject.CommonName && SignerPolicy.Problem(spec, subject) is null;

    /// <summary>Why a node's serving certificate is not approved; null when it is.</summary>
    public static string? ServingProblem(RequestedSubject subject, IReadOnlyList<Node> nodes)
    {
        var own = nodes.FirstOrDefault(n => n.Metadata.Name == subject.NodeName);
        if (own is null)
            return $"there is no node {subject.NodeName}";
        string[] addresses = [.. own.Status.Addresses.Select(a => a.Address), own.Metadata.Name];
        string[] asked = [.. subject.DnsNames, .. subject.Addresses.Select(a => a.ToString())];
        foreach (var name in asked)
        {
            if (name == "localhost" || (IPAddress.TryParse(name, out var ip) && IPAddress.IsLoopback(ip)))
                continue;
            if (!addresses.Contains(name, StringComparer.OrdinalIgnoreCase))
                return $"{name} is not an address of the node {own.Metadata.Name}";
            if (nodes.FirstOrDefault(n => n.Metadata.Name != own.Metadata.Name && IsReady(n) && n.Status.Addresses.Any(a => a.Address == name)) is { } other)
                return $"{name} is an address of the node {other.Metadata.Name} too";
        }

        return null;
    }

    public static bool IsNodeUser(string name) => name.StartsWith(NodeUserPrefix, StringComparison.Ordinal);

    private static bool IsReady(Node node) => node.Status.Conditions.Any(c => c is { Type: "Ready", Status: "True" });
}
