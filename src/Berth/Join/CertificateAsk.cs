using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Berth.Api;
using Berth.Api.Certificates.V1;
using Berth.Client;
using Berth.Controllers.CertificateSigning;
using Berth.Instance;

namespace Berth.Join;

/// <summary>Asks the cluster for a node's certificates by CertificateSigningRequests. The key never leaves this machine.</summary>
internal sealed class CertificateAsk(IClusterClient client, string nodeName, TimeSpan? lifetime, TimeProvider time)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_pollMax = TimeSpan.FromSeconds(2);

    public Task<X509Certificate2> ClientAsync(CancellationToken ct) =>
        AskAsync(SignerPolicy.NodeClient, "client auth", null, ct);

    public Task<X509Certificate2> ServingAsync(IReadOnlyList<IPAddress> addresses, CancellationToken ct)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(nodeName);
        foreach (var address in addresses)
            names.AddIpAddress(address);
        return AskAsync(SignerPolicy.NodeServing, "server auth", names.Build(), ct);
    }

    /// <exception cref="UserErrorException">It was denied, or nobody decided in time.</exception>
    /// <exception cref="ApiException">The server refuses the request itself.</exception>
    private async Task<X509Certificate2> AskAsync(string signer, string usage, X509Extension? names, CancellationToken ct)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedNameBuilder();
        subject.AddOrganizationName("system:nodes");
        subject.AddCommonName("system:node:" + nodeName);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        if (names is not null)
            request.CertificateExtensions.Add(names);
        var made = await client.CreateAsync(
            new CertificateSigningRequest
            {
                Metadata = new() { GenerateName = $"node-{signer.Split('/')[1][..7]}-" },
                Spec = new()
                {
                    Request = ByteString.FromUtf8(request.CreateSigningRequestPem()),
                    SignerName = signer,
                    Usages = ["digital signature", usage],
                    ExpirationSeconds = lifetime is { } asked ? (int)asked.TotalSeconds : null,
                },
            },
            ct: ct);
        var certificate = await AnswerAsync(made.Metadata.Name, ct);
        using var signed = X509Certificate2.CreateFromPem(certificate);
        return signed.CopyWithPrivateKey(key);
    }

    private async Task<string> AnswerAsync(string name, CancellationToken ct)
    {
        var began = time.GetTimestamp();
        var wait = s_poll;
        while (true)
        {
            var request = await client.GetAsync<CertificateSigningRequest>(null, name, ct: ct);
            if (request.Status.Certificate is { } certificate)
                return certificate.ToUtf8();
            if (request.Status.Conditions.FirstOrDefault(c => c.Type is "Denied" or "Failed") is { } no)
                throw new UserErrorException($"the cluster refused this node a certificate: {no.Message}", $"see: kubectl get csr {name} -o yaml");
            if (time.GetElapsedTime(began) > s_limit)
                throw new UserErrorException($"nobody decided on this node's request for a certificate within {s_limit.TotalSeconds:F0} s", $"see: kubectl get csr {name}; an administrator may approve it: kubectl certificate approve {name}");
            await Task.Delay(wait, time, ct);
            wait = wait * 1.5 < s_pollMax ? wait * 1.5 : s_pollMax;
        }
    }
}
