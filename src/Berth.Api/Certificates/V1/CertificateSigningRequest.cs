using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Certificates.V1;

/// <summary>Asks a signer for a certificate. Somebody has to approve it first.</summary>
[Kind("certificates.k8s.io", "v1", "CertificateSigningRequest")]
[Resource("certificatesigningrequests", "certificatesigningrequest", Namespaced = false, ShortNames = "csr", Subresources = "approval:get,patch,update;status:get,patch,update")]
public sealed partial record CertificateSigningRequest
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The request.</summary>
    [Field(2, Required = true)]
    public CertificateSigningRequestSpec Spec { get; init; } = CertificateSigningRequestSpec.Empty;

    /// <summary>Whether it is approved, and the certificate.</summary>
    [Field(3)]
    public CertificateSigningRequestStatus Status { get; init; } = CertificateSigningRequestStatus.Empty;
}
