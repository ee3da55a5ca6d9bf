using Berth.Api.Certificates.V1;

namespace Berth.Controllers.CertificateSigning;

/// <summary>
/// What each of Kubernetes' own signers signs, however a request was approved: the limits that Kubernetes documents for them.
/// Pure.
/// </summary>
public static class SignerPolicy
{
    public const string Client = "kubernetes.io/kube-apiserver-client";
    public const string NodeClient = "kubernetes.io/kube-apiserver-client-kubelet";
    public const string NodeServing = "kubernetes.io/kubelet-serving";
    public const string LegacyUnknown = "kubernetes.io/legacy-unknown";

    private const string DigitalSignature = "digital signature";
    private const string KeyEncipherment = "key encipherment";
    private const string ClientAuth = "client auth";
    private const string ServerAuth = "server auth";

    private static readonly string[] s_signers = [Client, NodeClient, NodeServing, LegacyUnknown];

    public static bool IsOurs(string signer) => s_signers.Contains(signer, StringComparer.Ordinal);

    /// <summary>Why the signer will not sign this; null when it will.</summary>
    public static string? Problem(CertificateSigningRequestSpec spec, RequestedSubject subject) => spec.SignerName switch
    {
        Client => Usages(spec, required: ClientAuth, DigitalSignature, KeyEncipherment, ClientAuth),
        NodeClient => NotANode(subject) ?? (subject.HasNames ? "DNS, IP, URI or email names are not allowed" : null)
            ?? Usages(spec, required: ClientAuth, DigitalSignature, KeyEncipherment, ClientAuth) ?? Needs(spec, DigitalSignature),
        NodeServing => NotANode(subject) ?? (subject.HasOtherNames ? "URI and email names are not allowed" : null)
            ?? (subject.HasNames ? null : "at least one DNS or IP name is needed")
            ?? Usages(spec, required: ServerAuth, DigitalSignature, KeyEncipherment, ServerAuth) ?? Needs(spec, DigitalSignature),
        LegacyUnknown => null,
        _ => $"the signer {spec.SignerName} is not one of this cluster's own",
    };

    public static CertificatePurpose PurposeOf(CertificateSigningRequestSpec spec) =>
        new(spec.Usages.Contains(ClientAuth), spec.Usages.Contains(ServerAuth), spec.Usages.Contains(KeyEncipherment));

    private static string? NotANode(RequestedSubject subject) =>
        subject.NodeName is null ? "the subject must be O=system:nodes, CN=system:node:NAME" : null;

    private static string? Needs(CertificateSigningRequestSpec spec, string usage) =>
        spec.Usages.Contains(usage) ? null : $"the usage \"{usage}\" is needed";

    private static string? Usages(CertificateSigningRequestSpec spec, string required, params ReadOnlySpan<string> allowed)
    {
        foreach (var usage in spec.Usages)
        {
            if (!allowed.Contains(usage))
                return $"the usage \"{usage}\" is not allowed";
        }

        return Needs(spec, required);
    }
}
