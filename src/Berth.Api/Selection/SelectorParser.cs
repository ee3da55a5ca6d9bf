namespace Berth.Api.Selection;

/// <summary>Recursive descent over the grammar of label selectors in queries.</summary>
internal ref struct SelectorParser(string text)
{
    private const string Punctuation = "=!(),<>";

    private readonly string _text = text;
    private int _at;

    public Requirement[] Parse()
    {
        var requirements = new List<Requirement>();
        SkipSpace();
        while (_at < _text.Length)
        {
            requirements.Add(ParseRequirement());
            SkipSpace();
            if (_at >= _text.Length)
                break;
            Expect(',');
            SkipSpace();
            if (_at >= _text.Length)
                throw Fail("expected a key behind ','");
        }

        return [.. requirements];
    }

    private Requirement ParseRequirement()
    {
        if (TryTake('!'))
            return new(Key(), SelectorOperator.DoesNotExist, []);
        var key = Key();
        SkipSpace();
        if (_at >= _text.Length || _text[_at] == ',')
            return new(key, SelectorOperator.Exists, []);
        if (TryTake('='))
        {
            TryTake('=');
            return new(key, SelectorOperator.In, [Value()]);
        }

        if (TryTake('!'))
        {
            Expect('=');
            return new(key, SelectorOperator.NotIn, [Value()]);
        }

        if (TryTake('>'))
            return new(key, SelectorOperator.GreaterThan, [Value()]);
        if (TryTake('<'))
            return new(key, SelectorOperator.LessThan, [Value()]);
        var word = Word();
        return word switch
        {
            "in" => new(key, SelectorOperator.In, Values()),
            "notin" => new(key, SelectorOperator.NotIn, Values()),
            _ => throw Fail($"found '{word}', expected: in, notin, =, ==, !=, gt, lt"),
        };
    }

    private string Key()
    {
        SkipSpace();
        var key = Word();
        return key.Length > 0 ? key : throw Fail("expected a label key");
    }

    private string Value()
    {
        SkipSpace();
        return Word();
    }

    private ApiList<string> Values()
    {
        SkipSpace();
        Expect('(');
        var values = new SortedSet<string>(StringComparer.Ordinal);
        do
        {
            values.Add(Value());
            SkipSpace();
        }
        while (TryTake(','));
        Expect(')');
        return values.ToApiList();
    }

    private string Word()
    {
        var start = _at;
        while (_at < _text.Length && !char.IsWhiteSpace(_text[_at]) && !Punctuation.Contains(_text[_at], StringComparison.Ordinal))
            _at++;
        return _text[start.._at];
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
            _at++;
    }

    private bool TryTake(char c)
    {
        if (_at >= _text.Length || _text[_at] != c)
            return false;
        _at++;
        return true;
    }

    private void Expect(char c)
    {
        if (!TryTake(c))
            throw Fail(_at < _text.Length ? $"found '{_text[_at]}', expected: '{c}'" : $"expected '{c}' at the end");
    }

    private readonly FormatException Fail(string problem) => new($"unable to parse requirement: {problem} (at {_at} in \"{_text}\")");
}
