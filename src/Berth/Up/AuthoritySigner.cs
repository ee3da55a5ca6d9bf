using Berth.ApiServer.Pki;
using Berth.Controllers.CertificateSigning;

namespace Berth.Up;

/// <summary>The cluster's authority, for the controller that decides what it signs.</summary>
internal sealed class AuthoritySigner(CertificateAuthority authority) : ICertificateSigner
{
    public string Sign(string requestPem, CertificatePurpose purpose, TimeSpan lifetime) =>
        authority.Sign(requestPem, purpose.Client, purpose.Server, purpose.KeyEncipherment, lifetime);
}
