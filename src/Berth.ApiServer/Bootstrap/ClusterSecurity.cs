using System.Net;
using Berth.Api;
using Berth.Api.Authentication.V1;
using Berth.Api.Authorization.V1;
using Berth.Api.Core.V1;
using Berth.ApiServer.Admission;
using Berth.ApiServer.Authentication;
using Berth.ApiServer.Authorization;
using Berth.ApiServer.FlowControl;
using Berth.ApiServer.Http;
using Berth.ApiServer.Pki;
using Berth.ApiServer.Registry;
using Berth.Resources.Addresses;
using Microsoft.Extensions.Logging;
using UserInfo = Berth.ApiServer.Authentication.UserInfo;

namespace Berth.ApiServer.Bootstrap;

/// <summary>
/// All of the server's security, put together: <see cref="Apply"/> sets it into the options that the server is made from,
/// <see cref="RunAsync"/> brings about what a cluster begins with and keeps aggregated roles in step.
/// </summary>
public sealed class ClusterSecurity
{
    private readonly ClusterCertificates _certificates;
    private readonly TokenOptions _tokens;
    private readonly TimeProvider _time;
    private readonly ServiceAccountTokenIssuer _issuer;
    private readonly TaskCompletionSource _bootstrapped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Parts? _parts;

    public ClusterSecurity(ClusterCertificates certificates, TokenOptions tokens, TimeProvider time)
    {
        _certificates = certificates;
        _tokens = tokens;
        _time = time;
        _issuer = new(certificates.ServiceAccountKey, tokens, time);
    }

    /// <summary>Decides who may do what; known once the server is made.</summary>
    public IAuthorizer Authorizer => _parts?.Authorizer ?? throw new InvalidOperationException($"{nameof(Apply)} comes first, and the server is made from its options.");

    /// <summary>The user of what the server does on its own behalf.</summary>
    public static UserInfo Self { get; } = UserInfo.Of("system:apiserver", UserInfo.MastersGroup, UserInfo.AuthenticatedGroup);

    /// <summary>The options with authentication, authorization, encryption at rest, the reviews and the admission plugins of security.</summary>
    /// <param name="admission">The other plugins; those of security come before them.</param>
    public ApiServerOptions Apply(ApiServerOptions options, Func<IObjectReader, IReadOnlyList<IAdmissionPlugin>> admission)
    {
        var extend = options.Extend;
        return options with
        {
            Transformer = new SecretEncryption(_certificates.EncryptionKey),
            Authenticator = objects => PartsFor(objects, options.Logging).Authenticator,
            Authorizer = objects => PartsFor(objects, options.Logging).Authorizer,
            Admission = objects => new AdmissionChain([.. PartsFor(objects, options.Logging).Plugins, .. admission(objects)]),
            ServerCertificate = () => _certificates.Server.Current,
            ClientAuthority = _certificates.Authority.PublicCertificate,
            Extend = parts =>
            {
                Register(parts, PartsFor(parts.Objects, options.Logging));
                extend?.Invoke(parts);
            },
        };
    }

    /// <summary>Makes what is missing of the objects that a cluster begins with. Once, after the server's start.</summary>
    /// <param name="advertised">Where pods reach the server; null when they cannot.</param>
    /// <exception cref="ApiStatusException">The server refused one of them.</exception>
    /// <param name="facts">What machines that join are told; null: none can.</param>
    public async Task BootstrapAsync(ApiServerHost server, IpRanges serviceCidr, IPEndPoint? advertised, CancellationToken cancellation, ClusterFacts? facts = null)
    {
        using var writer = new BootstrapWriter(server.InProcess(Self));
        await new BootstrapObjects(server.Objects, writer, _certificates.Authority, facts).EnsureAsync(cancellation);
        _bootstrapped.TrySetResult();
        await new KubernetesServiceReconciler(server.Objects, writer, serviceCidr, advertised).EnsureAsync(cancellation);
    }

    /// <summary>
    /// Keeps aggregated roles and the objects of flow control in step until cancelled. Begins when <see cref="BootstrapAsync"/> has made the roles: half of them
    /// would give aggregated roles half their rules.
    /// </summary>
    public async Task RunAsync(ApiServerHost server, CancellationToken cancellation)
    {
        if (_parts is not { } parts) throw new InvalidOperationException($"{nameof(Apply)} comes first, and the server is made from its options.");
        await _bootstrapped.Task.WaitAsync(cancellation);
        using var writer = new BootstrapWriter(server.InProcess(Self));
        await Task.WhenAll(parts.Aggregator.RunAsync(writer, _time, cancellation), parts.Flows.RunAsync(writer, cancellation));
    }

    private Parts PartsFor(IObjectReader objects, ILoggerFactory logging) => _parts ??= new(this, objects, logging);

    private void Register(ApiServerParts server, Parts parts)
    {
        var tokens = new TokenReviews(parts.Tokens);
        var access = new AccessReviews(parts.Authorizer, parts.Roles);
        Review<TokenReview>(tokens.ReviewAsync);
        Review<SelfSubjectReview>(TokenReviews.WhoAmI);
        Review<SubjectAccessReview>(access.SubjectAsync);
        Review<LocalSubjectAccessReview>(access.LocalAsync);
        Review<SelfSubjectAccessReview>(access.SelfAsync);
        Review<SelfSubjectRulesReview>(access.RulesAsync);

        var token = ServiceAccount.Kind.Subresources.Single(s => s.Name == "token");
        server.Routes.Add(ServiceAccount.Kind, token, token.Verbs, new ReviewHandler<TokenRequest>(new TokenRequests(_issuer, server.Objects).CreateAsync));

        Document("/openid/v1/jwks", "application/jwk-set+json", _certificates.ServiceAccountKey.KeySetJson());
        Document(
            "/.well-known/openid-configuration",
            ResponseFormat.JsonType,
            ServiceAccountKey.DiscoveryJson(_tokens.Issuer, _tokens.Issuer.TrimEnd('/') + "/openid/v1/jwks"));

        void Review<T>(Func<ApiRequest, T, ValueTask<T>> review)
            where T : class, IApiObject<T> =>
            server.Routes.Add(T.Kind, null, T.Kind.Verbs, new ReviewHandler<T>(review));

        void Document(string path, string contentType, byte[] bytes)
        {
            server.Paths.Add(path, new DelegateHandler(request => ResponseWriter.BytesAsync(request.Http, 200, contentType, bytes)));
        }
    }

    /// <summary>What is made once the server's reader is known.</summary>
    private sealed class Parts
    {
        public Parts(ClusterSecurity owner, IObjectReader objects, ILoggerFactory logging)
        {
            var certificates = owner._certificates;
            Roles = new(objects);
            Authorizer = new ClusterAuthorizer(new NodeAuthorizer(objects, DefaultRoles.NodeRules), Roles);
            Tokens = new(certificates.ServiceAccountKey, owner._tokens, objects, owner._time);
            Authenticator = new RequestAuthenticator(new ClientCertificateAuthenticator(certificates.Authority, owner._time), Tokens);
            Aggregator = new(objects, logging.CreateLogger("Berth.ApiServer.ClusterRoleAggregation"));
            Flows = new(objects, owner._time, logging.CreateLogger("Berth.ApiServer.FlowControl"));
            Plugins =
            [
                new NodeRestriction(objects),
                new RbacEscalation(Roles, Authorizer, objects),
                new ServiceAccountSecrets(owner._issuer, certificates.Authority, objects),
                new CertificateRequests(Authorizer, owner._time),
                Aggregator,
            ];
        }

        public RbacAuthorizer Roles { get; }

        public ClusterAuthorizer Authorizer { get; }

        public TokenAuthenticator Tokens { get; }

        public IAuthenticator Authenticator { get; }

        public ClusterRoleAggregator Aggregator { get; }

        public FlowObjectsKeeper Flows { get; }

        public IReadOnlyList<IAdmissionPlugin> Plugins { get; }
    }
}
