using Berth.Api.Certificates.V1;

namespace Berth.ApiServer.Strategies.Certificates;

public sealed class CertificateSigningRequestStrategy : SpecAndStatusStrategy<CertificateSigningRequest>
{
    public override bool HasGeneration => false;

    public override IReadOnlyDictionary<string, Func<CertificateSigningRequest, string>> SelectableFields { get; } =
        new Dictionary<string, Func<CertificateSigningRequest, string>>
        {
            ["spec.signerName"] = c => c.Spec.SignerName,
        };

    /// <summary>A request stays what it was when it was made: what was approved is what is signed.</summary>
    public override CertificateSigningRequest PrepareForUpdate(CertificateSigningRequest value, CertificateSigningRequest old) =>
        value with { Spec = old.Spec, Status = old.Status };

    protected override CertificateSigningRequest WithoutStatus(CertificateSigningRequest value) => value with { Status = CertificateSigningRequestStatus.Empty };

    protected override CertificateSigningRequest WithStatusOf(CertificateSigningRequest value, CertificateSigningRequest other) => value with { Status = other.Status };

    protected override CertificateSigningRequest WithSpecOf(CertificateSigningRequest value, CertificateSigningRequest other) => value with { Spec = other.Spec };

    protected override bool SameSpec(CertificateSigningRequest value, CertificateSigningRequest other) => value.Spec == other.Spec;
}
