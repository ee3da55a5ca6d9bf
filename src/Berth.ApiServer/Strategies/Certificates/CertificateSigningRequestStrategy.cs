using Berth.Api.Certificates.V1;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Certificates;

public sealed class CertificateSigningRequestStrategy : SpecAndStatusStrategy<CertificateSigningRequest>
{
    private static readonly HashSet<string> s_usages =
    [
        "signing", "digital signature", "content commitment", "key encipherment", "key agreement", "data encipherment", "cert sign", "crl sign", "encipher only",
        "decipher only", "any", "server auth", "client auth", "code signing", "email protection", "s/mime", "ipsec end system", "ipsec tunnel", "ipsec user",
        "timestamping", "ocsp signing", "microsoft sgc", "netscape sgc",
    ];

    public override bool HasGeneration => false;

    public override IReadOnlyDictionary<string, Func<CertificateSigningRequest, string>> SelectableFields { get; } =
        new Dictionary<string, Func<CertificateSigningRequest, string>>
        {
            ["spec.signerName"] = c => c.Spec.SignerName,
        };

    /// <summary>A request stays what it was when it was made: what was approved is what is signed.</summary>
    public override CertificateSigningRequest PrepareForUpdate(CertificateSigningRequest value, CertificateSigningRequest old) =>
        value with { Spec = old.Spec, Status = old.Status };

    public override void Validate(CertificateSigningRequest value, FieldErrors errors)
    {
        var (spec, path) = (value.Spec, FieldPath.Spec);
        if (spec.Request is null or { IsEmpty: true } || !spec.Request.ToUtf8().Contains("-----BEGIN CERTIFICATE REQUEST-----", StringComparison.Ordinal))
            errors.Invalid(path["request"], null, "PEM block type must be CERTIFICATE REQUEST");
        if (spec.Usages.IsEmpty)
            errors.Required(path["usages"]);
        for (var i = 0; i < spec.Usages.Count; i++)
        {
            if (!s_usages.Contains(spec.Usages[i]))
                errors.NotSupported(path["usages"][i], spec.Usages[i], s_usages.Order(StringComparer.Ordinal));
            if (spec.Usages.Take(i).Contains(spec.Usages[i]))
                errors.Duplicate(path["usages"][i], spec.Usages[i]);
        }

        BasicRules.DomainPrefixedPath(errors, path["signerName"], spec.SignerName);
        if (spec.SignerName == "kubernetes.io/legacy-unknown")
            errors.Invalid(path["signerName"], (object)spec.SignerName, "the legacy signerName is not allowed via this API version");
        if (spec.ExpirationSeconds is < 600)
            errors.Invalid(path["expirationSeconds"], spec.ExpirationSeconds, "may not specify a duration less than 600 seconds (10 minutes)");
    }

    protected override CertificateSigningRequest WithoutStatus(CertificateSigningRequest value) => value with { Status = CertificateSigningRequestStatus.Empty };

    protected override CertificateSigningRequest WithStatusOf(CertificateSigningRequest value, CertificateSigningRequest other) => value with { Status = other.Status };

    protected override CertificateSigningRequest WithSpecOf(CertificateSigningRequest value, CertificateSigningRequest other) => value with { Spec = other.Spec };

    protected override bool SameSpec(CertificateSigningRequest value, CertificateSigningRequest other) => value.Spec == other.Spec;
}
