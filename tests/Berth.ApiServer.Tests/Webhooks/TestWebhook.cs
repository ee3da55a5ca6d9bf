using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Berth.ApiServer.Tests.Webhooks;

/// <summary>A webhook over HTTPS on this machine, with a certificate of its own authority.</summary>
internal sealed class TestWebhook : IAsyncDisposable
{
    private readonly WebApplication _web;

    private TestWebhook(WebApplication web, string authority)
    {
        _web = web;
        Authority = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(authority));
        Url = web.Urls.First().Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
    }

    public string Url { get; }

    /// <summary>For <c>caBundle</c>.</summary>
    public string Authority { get; }

    public List<JsonObject> Asked { get; } = [];

    /// <param name="answer">From the request of a review to its response, without the uid.</param>
    public static async Task<TestWebhook> StartAsync(Func<JsonObject, Task<JsonObject>> answer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);

        TestWebhook? hook = null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.UseHttps(certificate)));
        var web = builder.Build();
        web.Run(async http =>
        {
            var review = (JsonObject)(await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted))!;
            var asked = (JsonObject)review["request"]!;
            lock (hook!.Asked)
                hook.Asked.Add((JsonObject)asked.DeepClone());
            var response = await answer(asked);
            response["uid"] = asked["uid"]!.ToString();
            await http.Response.WriteAsync(new JsonObject
            {
                ["apiVersion"] = review["apiVersion"]!.ToString(), ["kind"] = review["kind"]!.ToString(), ["response"] = response,
            }.ToJsonString());
        });
        await web.StartAsync();
        return hook = new TestWebhook(web, certificate.ExportCertificatePem());
    }

    public async ValueTask DisposeAsync() => await _web.DisposeAsync();
}
