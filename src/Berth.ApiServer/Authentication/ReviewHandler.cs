using Berth.Api;
using Berth.ApiServer.Http;

namespace Berth.ApiServer.Authentication;

/// <summary>Answers for a kind that is not stored: what is created is a question, and comes back with its answer.</summary>
internal sealed class ReviewHandler<T>(Func<ApiRequest, T, ValueTask<T>> review) : IApiHandler
    where T : class, IApiObject<T>
{
    public async Task HandleAsync(ApiRequest request)
    {
        var format = ResponseFormat.For(request.Http.Request, shapes: false);
        var question = await BodyDecoder.DecodeAsync<T>(request);
        var answer = await review(request, question);
        await ResponseWriter.MessageAsync(request, 201, answer, format);
    }
}
