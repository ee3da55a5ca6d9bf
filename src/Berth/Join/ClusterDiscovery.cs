using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Instance;

namespace Berth.Join;

/// <summary>
/// How a machine that knows nothing but a token comes to trust a server: 1. it reads cluster-info over a connection that it
/// does not trust, 2. compares the clocks, because certificates depend on them, 3. takes from it the one certificate whose key
/// has the token's hash. From then on it speaks only to servers that this authority vouches for.
/// </summary>
internal static class ClusterDiscovery
{
    // Certificates are made five minutes into the past.
    private static readonly TimeSpan s_skewMax = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(15);

    private const string InfoPath = "/api/v1/namespaces/kube-public/configmaps/cluster-info";

    /// <exception cref="UserErrorException">No server, another server, another clock; each says what to do.</exception>
    public static async Task<X509Certificate2> FindAuthorityAsync(Uri server, JoinToken token, TimeProvider time, CancellationToken ct)
    {
        // 1.
        using var http = new HttpClient(
            new SocketsHttpHandler
            {
                UseProxy = false,
                ConnectTimeout = s_limit,
                // Nothing is believed of what comes over this connection but what the hash confirms.
                SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
            })
        {
            Timeout = s_limit,
        };
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        HttpResponseMessage response;
        byte[] body;
        try
        {
            response = await http.GetAsync(new Uri(server, InfoPath), ct);
            body = await response.Content.ReadAsByteArrayAsync(ct);
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw new UserErrorException($"{server} cannot be reached: {e.Message}", "see that the server runs, that it listens on an address that other machines reach (berth server, or berth up --listen 0.0.0.0:6443), and that no firewall is between", e);
        }

        using (response)
        {
            // 2.
            if (response.Headers.Date is { } there && (time.GetUtcNow() - there) is var skew && skew.Duration() > s_skewMax)
            {
                throw new UserErrorException(
                    $"the clock of this machine is {Spell(skew.Duration())} {(skew > TimeSpan.Zero ? "ahead of" : "behind")} the server's",
                    "set both clocks right (by NTP: timedatectl set-ntp true), then join again");
            }

            if (!response.IsSuccessStatusCode)
                throw new UserErrorException($"{server} does not answer as a cluster that can be joined: {(int)response.StatusCode} for {InfoPath}", "see that the address and port are those of a berth server");
        }

        // 3.
        foreach (var certificate in Authorities(body, server))
        {
            if (JoinToken.HashOf(certificate) == token.AuthorityHash)
                return certificate;
        }

        throw new UserErrorException(
            $"the server at {server} is not the one that the token is for: its authority's key has another hash than the token's sha256:{token.AuthorityHash[..12]}...",
            "check the address; if it is right, make a new token on that server with berth token create. If nobody set the cluster up anew, somebody may be in between");
    }

    private static X509Certificate2Collection Authorities(byte[] body, Uri server)
    {
        var found = new X509Certificate2Collection();
        try
        {
            var kubeconfig = ApiJson.Deserialize<ConfigMap>(body).Data.GetOr("kubeconfig") ?? "";
            const string Key = "certificate-authority-data:";
            foreach (var line in kubeconfig.Split('\n').Select(l => l.Trim()).Where(l => l.StartsWith(Key, StringComparison.Ordinal)))
                found.ImportFromPem(Encoding.UTF8.GetString(Convert.FromBase64String(line[Key.Length..].Trim())));
            return found;
        }
        catch (Exception e) when (e is FormatException or CryptographicException or System.Text.Json.JsonException)
        {
            throw new UserErrorException($"{server} does not answer as a cluster that can be joined: {e.Message}", "see that the address and port are those of a berth server", e);
        }
    }

    private static string Spell(TimeSpan span) => span.TotalHours >= 2 ? $"{span.TotalHours:F0} hours" : $"{span.TotalMinutes:F0} minutes";
}
