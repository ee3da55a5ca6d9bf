using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Authentication;
using Berth.ApiServer.Tests.Authorization;
using Berth.ApiServer.Tests.Pki;

namespace Berth.ApiServer.Tests.Authentication;

public sealed class BootstrapTokenTests
{
    private const string Token = "abc123.0123456789abcdef";

    private readonly AdjustableTime _time = AdjustableTime.AtToday();
    private readonly StoredObjects _objects = new();
    private readonly BootstrapTokenAuthenticator _tokens;

    public BootstrapTokenTests() => _tokens = new(_objects, _time);

    [Theory]
    [InlineData("abc123.0123456789abcdef", true)]
    [InlineData("abc123.0123456789abcde", false)]
    [InlineData("ABC123.0123456789abcdef", false)]
    [InlineData("abc123-0123456789abcdef", false)]
    [InlineData("", false)]
    public void HasForm_OfTexts_TellsTokens(string text, bool has) => Assert.Equal(has, BootstrapTokenAuthenticator.HasForm(text));

    [Fact]
    public async Task Token_OfItsSecret_IsABootstrapper()
    {
        Keep(("auth-extra-groups", "system:bootstrappers:berth"));
        var known = Assert.IsType<AuthenticationResult.Authenticated>(await _tokens.AuthenticateAsync(Token));
        Assert.Equal("system:bootstrap:abc123", known.User.Name);
        Assert.Equal(["system:bootstrappers", "system:bootstrappers:berth", "system:authenticated"], known.User.Groups);
    }

    [Fact]
    public async Task Token_PastItsTime_IsRefused()
    {
        Keep(("expiration", _time.GetUtcNow().AddMinutes(10).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)));
        Assert.IsType<AuthenticationResult.Authenticated>(await _tokens.AuthenticateAsync(Token));
        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.Contains("expired", Assert.IsType<AuthenticationResult.Refused>(await _tokens.AuthenticateAsync(Token)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("abc123.0123456789abcdeX", "expiration", "")]
    [InlineData("abc124.0123456789abcdef", "expiration", "")]
    [InlineData(Token, "expiration", "soon")]
    [InlineData(Token, "usage-bootstrap-authentication", "false")]
    [InlineData(Token, "token-id", "abc124")]
    [InlineData(Token, "auth-extra-groups", "system:masters")]
    public async Task Token_OfAnotherSecretOrWithBadData_IsRefused(string token, string key, string value)
    {
        Keep((key, value));
        Assert.IsType<AuthenticationResult.Refused>(await _tokens.AuthenticateAsync(token));
    }

    [Fact]
    public async Task Token_OfASecretOfAnotherType_IsRefused()
    {
        Keep("Opaque");
        Assert.IsType<AuthenticationResult.Refused>(await _tokens.AuthenticateAsync(Token));
    }

    private void Keep(params (string Key, string Value)[] data) => Keep(BootstrapTokenAuthenticator.SecretType, data);

    private void Keep(string type, params (string Key, string Value)[] data)
    {
        var all = new Dictionary<string, string> { ["token-id"] = "abc123", ["token-secret"] = "0123456789abcdef", ["usage-bootstrap-authentication"] = "true" };
        foreach (var (key, value) in data)
            all[key] = value;
        _objects.Put(new Secret
        {
            Metadata = new() { Namespace = "kube-system", Name = "bootstrap-token-abc123", Uid = "token" },
            Type = type,
            Data = all.Select(p => KeyValuePair.Create(p.Key, ByteString.FromUtf8(p.Value))).ToApiMap(),
        });
    }
}
