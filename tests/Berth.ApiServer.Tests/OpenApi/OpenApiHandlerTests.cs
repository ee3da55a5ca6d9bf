using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace Berth.ApiServer.Tests.OpenApi;

public sealed class OpenApiHandlerTests
{
    [Fact]
    public async Task Index_EachAddress_AnswersWithTheDocumentForGood()
    {
        await using var server = await TestServer.StartAsync();
        var (_, index) = await server.GetAsync("/openapi/v3");

        foreach (var name in new[] { "api/v1", "apis/apps/v1", "apis/batch", "version" })
        {
            var address = index["paths"]![name]!["serverRelativeURL"]!.ToString();
            using var response = await server.Client.GetAsync(address);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Contains("immutable", response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
            Assert.Equal("3.0.0", JsonNode.Parse(await response.Content.ReadAsStringAsync())!["openapi"]!.ToString());
        }
    }

    [Fact]
    public async Task Document_OldHash_LeadsToTheNewOne()
    {
        await using var server = await TestServer.StartAsync();

        using var response = await server.Client.GetAsync("/openapi/v3/apis/apps/v1?hash=OLD");

        Assert.Equal(HttpStatusCode.MovedPermanently, response.StatusCode);
        Assert.StartsWith("/openapi/v3/apis/apps/v1?hash=", response.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/openapi/v2", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf", "application/com.github.proto-openapi.spec.v2.v1.0+protobuf")]
    [InlineData("/openapi/v2", "application/json", "application/json")]
    [InlineData("/openapi/v3/apis/apps/v1", "application/com.github.proto-openapi.spec.v3@v1.0+protobuf", "application/com.github.proto-openapi.spec.v3.v1.0+protobuf")]
    [InlineData("/openapi/v3/apis/apps/v1", "application/xml, */*;q=0.1", "application/json")]
    public async Task Document_AskedForInAForm_ComesInItAndOnlyOnce(string path, string accept, string type)
    {
        await using var server = await TestServer.StartAsync();
        using var first = new HttpRequestMessage(HttpMethod.Get, path);
        first.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await server.Client.SendAsync(first);
        Assert.Equal(type, response.Content.Headers.ContentType!.ToString());
        Assert.NotEmpty(await response.Content.ReadAsByteArrayAsync());

        using var second = new HttpRequestMessage(HttpMethod.Get, path);
        second.Headers.TryAddWithoutValidation("Accept", accept);
        second.Headers.IfNoneMatch.Add(response.Headers.ETag!);
        using var again = await server.Client.SendAsync(second);

        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Fact]
    public async Task Document_Compressed_IsTheSame()
    {
        await using var server = await TestServer.StartAsync();
        var plain = await server.Client.GetByteArrayAsync("/openapi/v3/apis/apps/v1");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi/v3/apis/apps/v1");
        request.Headers.AcceptEncoding.ParseAdd("gzip");

        using var response = await server.Client.SendAsync(request);

        Assert.Equal("gzip", response.Content.Headers.ContentEncoding.Single());
        using var decompressed = new MemoryStream();
        await using (var gzip = new GZipStream(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress))
            await gzip.CopyToAsync(decompressed);
        Assert.Equal(plain, decompressed.ToArray());
    }

    [Theory]
    [InlineData("/openapi/v3/apis/apps/v9", HttpStatusCode.NotFound)]
    [InlineData("/openapi/v3/x", HttpStatusCode.NotFound)]
    public async Task Document_UnknownName_IsNotFound(string path, HttpStatusCode code)
    {
        await using var server = await TestServer.StartAsync();

        using var response = await server.Client.GetAsync(path);

        Assert.Equal(code, response.StatusCode);
    }
}
