using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.ApiServer.Authentication;
using Berth.ApiServer.Pki;
using Berth.ApiServer.Tests.Authorization;
using Berth.ApiServer.Tests.Pki;

namespace Berth.ApiServer.Tests.Authentication;

public sealed class TokenAuthenticatorTests : IDisposable
{
    private static readonly TokenOptions Options = new();

    private readonly AdjustableTime _time = AdjustableTime.AtToday();
    private readonly StoredObjects _objects = new();
    private readonly ServiceAccountKey _key = NewKey();
    private readonly ServiceAccountTokenIssuer _issuer;
    private readonly TokenAuthenticator _tokens;
    private readonly ServiceAccount _account = new() { Metadata = new() { Namespace = "shop", Name = "web", Uid = "sa-1" } };
    private readonly Pod _pod = new()
    {
        Metadata = new() { Namespace = "shop", Name = "web-0", Uid = "pod-1" },
        Spec = new() { ServiceAccountName = "web", NodeName = "n1" },
    };

    private readonly Node _node = new() { Metadata = new() { Name = "n1", Uid = "node-1" } };

    public TokenAuthenticatorTests()
    {
        _issuer = new(_key, Options, _time);
        _tokens = new(_key, Options, _objects, _time);
        _objects.Put(_account);
        _objects.Put(_pod);
        _objects.Put(_node);
    }

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task Token_OfPod_IsItsAccountWithPodAndNode()
    {
        var (token, expires) = Issue(bound: _pod, node: _node);
        var known = Assert.IsType<AuthenticationResult.Authenticated>(await JudgeAsync(token));
        Assert.Equal("system:serviceaccount:shop:web", known.User.Name);
        Assert.Equal("sa-1", known.User.Uid);
        Assert.Equal(["system:serviceaccounts", "system:serviceaccounts:shop", "system:authenticated"], known.User.Groups);
        Assert.Equal(["web-0"], known.User.Extra["authentication.kubernetes.io/pod-name"]);
        Assert.Equal(["pod-1"], known.User.Extra["authentication.kubernetes.io/pod-uid"]);
        Assert.Equal(["n1"], known.User.Extra["authentication.kubernetes.io/node-name"]);
        Assert.Equal(["node-1"], known.User.Extra["authentication.kubernetes.io/node-uid"]);
        Assert.StartsWith("JTI=", known.User.Extra["authentication.kubernetes.io/credential-id"].Single(), StringComparison.Ordinal);
        Assert.Equal([Options.Issuer], known.Audiences);
        Assert.Equal(_time.GetUtcNow().ToUnixTimeSeconds() + 3600, expires.ToUnixTimeSeconds());
    }

    [Fact]
    public void Token_Payload_HasKubernetesLayout()
    {
        var (token, _) = Issue(bound: _pod, node: _node);
        var payload = JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]))!;
        Assert.Equal(Options.Issuer, (string?)payload["iss"]);
        Assert.Equal("system:serviceaccount:shop:web", (string?)payload["sub"]);
        Assert.Equal(Options.Issuer, (string?)payload["aud"]![0]);
        Assert.Equal(3600, (long)payload["exp"]! - (long)payload["iat"]!);
        Assert.Equal((long)payload["iat"]!, (long)payload["nbf"]!);
        Assert.Equal(
            """{"namespace":"shop","node":{"name":"n1","uid":"node-1"},"pod":{"name":"web-0","uid":"pod-1"},"serviceaccount":{"name":"web","uid":"sa-1"}}""",
            payload["kubernetes.io"]!.ToJsonString());
    }

    [Fact]
    public async Task Token_AnyCharacterAltered_IsRefused()
    {
        var (token, _) = Issue();
        for (var i = 0; i < token.Length; i++)
        {
            foreach (var other in new[] { 'A', 'b', '.', '=', ' ' })
            {
                if (token[i] == other) continue;
                var altered = token[..i] + other + token[(i + 1)..];
                // The last character of a segment carries bits that no byte holds: a decoder may take either.
                if (Base64Url.IsValid(altered.Split('.')[^1]) && altered.Split('.') is [var h, var p, var s] && Same(token, h, p, s)) continue;
                Assert.True(await JudgeAsync(altered) is AuthenticationResult.Refused, $"accepted with '{other}' at {i}");
            }
        }
    }

    [Fact]
    public async Task Token_WithoutSignatureOrWithOtherAlgorithm_IsRefused()
    {
        var (token, _) = Issue();
        var payload = token.Split('.')[1];
        foreach (var header in new[]
        {
            """{"alg":"none"}""",
            $$"""{"alg":"none","kid":"{{_key.KeyId}}"}""",
            $$"""{"alg":"HS256","kid":"{{_key.KeyId}}"}""",
            $$"""{"alg":"ES256","kid":"{{_key.KeyId}}","crit":["b64"]}""",
            """{"alg":"ES256"}""",
            """["alg"]""",
            "nonsense",
        })
        {
            var signed = Encode(header) + "." + payload;
            // HS256 with the public key as the secret is the classic forgery.
            var hmac = Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(_key.PublicPem), Encoding.UTF8.GetBytes(signed)));
            var ours = Base64Url.EncodeToString(_key.Sign(Encoding.UTF8.GetBytes(signed)));
            Assert.IsType<AuthenticationResult.Refused>(await JudgeAsync(signed + "."));
            Assert.IsType<AuthenticationResult.Refused>(await JudgeAsync(signed + "." + hmac));
            Assert.IsType<AuthenticationResult.Refused>(await JudgeAsync(signed + "." + ours));
        }
    }

    [Fact]
    public async Task Token_OfOtherKeyOrIssuer_IsRefused()
    {
        using var otherKey = NewKey();
        var foreign = new ServiceAccountTokenIssuer(otherKey, Options, _time).Issue(_account, Options.Audiences, TimeSpan.FromHours(1)).Token;
        Assert.IsType<AuthenticationResult.Refused>(await JudgeAsync(foreign));
        var elsewhere = new ServiceAccountTokenIssuer(_key, Options with { Issuer = "https://other" }, _time).Issue(_account, Options.Audiences, TimeSpan.FromHours(1)).Token;
        Assert.IsType<AuthenticationResult.Refused>(await JudgeAsync(elsewhere));
    }

    [Theory]
    [InlineData(3659, true)]
    [InlineData(3662, false)]
    public async Task Token_AroundItsEnd_IsTakenForAMinuteMore(int seconds, bool good)
    {
        var (token, _) = Issue();
        Assert.IsType<AuthenticationResult.Authenticated>(await JudgeAsync(token));
        _time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(good, await JudgeAsync(token) is AuthenticationResult.Authenticated);
    }

    [Fact]
    public async Task Token_FromTheFuture_IsRefused()
    {
        var (token, _) = Issue();
        _time.Advance(TimeSpan.FromMinutes(-2));
        Assert.Contains("not valid yet", Refusal(await JudgeAsync(token)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_ForOthers_IsGoodForThemAlone()
    {
        var (token, _) = Issue(audiences: ["vault"]);
        Assert.Contains("invalid for the target audiences", Refusal(await JudgeAsync(token)), StringComparison.Ordinal);
        var known = Assert.IsType<AuthenticationResult.Authenticated>(await _tokens.AuthenticateAsync(token, ["consul", "vault"], TestContext.Current.CancellationToken));
        Assert.Equal(["vault"], known.Audiences);
    }

    [Fact]
    public async Task Token_WhosePodGoes_DiesWithIt()
    {
        var (token, _) = Issue(bound: _pod);
        Assert.IsType<AuthenticationResult.Authenticated>(await JudgeAsync(token));
        _objects.Put(_pod with { Metadata = _pod.Metadata with { DeletionTimestamp = (Time)_time.GetUtcNow() } });
        Assert.IsType<AuthenticationResult.Authenticated>(await JudgeAsync(token));
        _time.Advance(TimeSpan.FromSeconds(62));
        Assert.Contains("deleted", Refusal(await JudgeAsync(token)), StringComparison.Ordinal);
        _objects.Delete<Pod>("shop", "web-0");
        Assert.Contains("does not exist", Refusal(await JudgeAsync(token)), StringComparison.Ordinal);
        _objects.Put(_pod with { Metadata = _pod.Metadata with { Uid = "pod-2" } });
        Assert.Contains("does not match claim", Refusal(await JudgeAsync(token)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_WhoseAccountWasMadeAnew_IsRefused()
    {
        var (token, _) = Issue();
        Assert.IsType<AuthenticationResult.Authenticated>(await JudgeAsync(token));
        _objects.Put(_account with { Metadata = _account.Metadata with { Uid = "sa-2" } });
        Assert.IsType<AuthenticationResult.Refused>(await JudgeAsync(token));
        _objects.Delete<ServiceAccount>("shop", "web");
        Assert.IsType<AuthenticationResult.Refused>(await JudgeAsync(token));
    }

    [Fact]
    public async Task Token_BoundToNodeOrSecret_DiesWithIt()
    {
        var secret = new Secret { Metadata = new() { Namespace = "shop", Name = "s", Uid = "secret-1" } };
        _objects.Put(secret);
        var ofNode = Issue(bound: _node).Token;
        var ofSecret = Issue(bound: secret).Token;
        Assert.IsType<AuthenticationResult.Authenticated>(await JudgeAsync(ofNode));
        Assert.IsType<AuthenticationResult.Authenticated>(await JudgeAsync(ofSecret));
        _objects.Put(_node with { Metadata = _node.Metadata with { Uid = "node-2" } });
        _objects.Delete<Secret>("shop", "s");
        Assert.IsType<AuthenticationResult.Refused>(await JudgeAsync(ofNode));
        Assert.IsType<AuthenticationResult.Refused>(await JudgeAsync(ofSecret));
    }

    [Fact]
    public async Task LegacyToken_InItsSecret_IsGoodUntilTheSecretChanges()
    {
        var token = _issuer.IssueLegacy(_account, "web-token");
        Assert.IsType<AuthenticationResult.Refused>(await JudgeAsync(token));
        var secret = new Secret
        {
            Metadata = new ObjectMeta { Namespace = "shop", Name = "web-token" },
            Data = new ApiMapOf(("token", token)).Value,
        };
        _objects.Put(secret);
        var known = Assert.IsType<AuthenticationResult.Authenticated>(await JudgeAsync(token));
        Assert.Equal("system:serviceaccount:shop:web", known.User.Name);
        _time.Advance(TimeSpan.FromDays(400));
        Assert.IsType<AuthenticationResult.Authenticated>(await JudgeAsync(token));
        _objects.Put(secret with { Data = new ApiMapOf(("token", "other")).Value });
        Assert.IsType<AuthenticationResult.Refused>(await JudgeAsync(token));
    }

    // RFC 7515, appendix A.3.
    [Fact]
    public void Signature_OfRfcExample_IsVerified()
    {
        using var ecdsa = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            D = Base64Url.DecodeFromChars("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"),
            Q = new() { X = Base64Url.DecodeFromChars("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"), Y = Base64Url.DecodeFromChars("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0") },
        });
        using var key = ServiceAccountKey.FromPem(ecdsa.ExportPkcs8PrivateKeyPem());
        var input = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"u8;
        var signature = Base64Url.DecodeFromChars("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
        Assert.True(key.Verify(input, signature));
        signature[5] ^= 1;
        Assert.False(key.Verify(input, signature));
        var published = JsonNode.Parse(key.KeySetJson())!["keys"]![0]!;
        Assert.Equal("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", (string?)published["x"]);
        Assert.Equal("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0", (string?)published["y"]);
        Assert.Equal(key.KeyId, (string?)published["kid"]);
    }

    private static ServiceAccountKey NewKey()
    {
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return ServiceAccountKey.FromPem(made.ExportPkcs8PrivateKeyPem());
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static bool Same(string token, string header, string payload, string signature)
    {
        var parts = token.Split('.');
        return parts[0] == header && parts[1] == payload
            && Base64Url.DecodeFromChars(parts[2]).AsSpan().SequenceEqual(Base64Url.DecodeFromChars(signature));
    }

    private static string Refusal(AuthenticationResult result) => Assert.IsType<AuthenticationResult.Refused>(result).Message;

    private (string Token, DateTimeOffset Expires) Issue(ApiList<string>? audiences = null, IApiObject? bound = null, Node? node = null) =>
        _issuer.Issue(_account, audiences ?? Options.Audiences, TimeSpan.FromHours(1), bound, node);

    private async Task<AuthenticationResult> JudgeAsync(string token) =>
        await _tokens.AuthenticateAsync(token, [], TestContext.Current.CancellationToken);

    private sealed class ApiMapOf(params (string Key, string Value)[] entries)
    {
        public ApiMap<ByteString> Value { get; } = entries.Select(e => KeyValuePair.Create(e.Key, ByteString.FromUtf8(e.Value))).ToApiMap();
    }
}
