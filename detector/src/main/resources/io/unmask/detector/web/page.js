// The live page: polls the sources, listens to their verdicts, and sends what people say of faces.
'use strict';

const byId = id => document.getElementById(id);
const cards = new Map();
const WORDS = {fake: 'fake', real: 'real', inconclusive: 'inconclusive', not_evaluable: 'cannot be judged'};
const SESSION_ENDS = ['ended', 'failed', 'stalled'];
const UNLABELLED = ['inconclusive', 'not_evaluable'];

// What an event found: a detector's verdict, or a label of a model that has its own.
function found(data) {
  if (data.label === undefined) {
    return {verdict: data.verdict, words: WORDS[data.verdict], p: data.p_fake, of: 'p_fake'};
  }
  const chosen = !UNLABELLED.includes(data.label);
  const likeliest = (data.labels || []).reduce((best, label) => best && best.p >= label.p ? best : label, undefined);
  return {
    verdict: chosen ? 'labelled' : data.label,
    words: chosen ? data.label : WORDS[data.label],
    p: likeliest?.p,
    of: likeliest && !chosen ? `p of ${likeliest.label}` : 'p',
  };
}
const STRIP_LENGTH = 60;
const TRY_AGAIN_MS = 3000;
const READ_MS = 10000;
let listening = null;
let leftUntil = 0;

async function call(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: body === undefined
      ? {'X-Unmask-Page': '1'}
      : {'X-Unmask-Page': '1', 'Content-Type': 'application/json'},
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (answer.ok) {
    return answer.status === 204 ? null : answer.json();
  }
  if (answer.status === 401) {
    showSignIn();
  }
  const problem = await answer.json().catch(() => ({detail: answer.statusText}));
  throw new Error(problem.detail);
}

// ---- How the page stands

function tell(words) {
  if (byId('link').textContent !== words) {
    byId('link').textContent = words;
  }
}

// What went wrong with an action stays for a while, so that it can be read.
function tellOfAction(words) {
  tell(words);
  leftUntil = Date.now() + READ_MS;
}

function tellAlive() {
  if (listening?.readyState === EventSource.OPEN && Date.now() > leftUntil) {
    tell('live');
  }
}

// ---- Signing in

function showSignIn() {
  byId('sign-in').hidden = false;
  byId('signed-in').hidden = true;
  tell('not signed in');
  listening?.close();
  listening = null;
}

byId('sign-in').addEventListener('submit', async event => {
  event.preventDefault();
  byId('sign-in-trouble').textContent = '';
  try {
    await call('POST', 'api/v1/session', {token: byId('token').value});
    byId('token').value = '';
    await begin();
  } catch (e) {
    byId('sign-in-trouble').textContent = e.message;
  }
});

async function begin() {
  await refresh();
  byId('sign-in').hidden = true;
  byId('signed-in').hidden = false;
  listen();
  byId('sources').focus();
  await models().catch(e => tell(e.message));
}

// Whoever is not signed in is asked to; any other trouble passes, or is the service's.
async function start() {
  try {
    await begin();
  } catch (e) {
    if (byId('sign-in').hidden) {
      tell(`${e.message}; it is tried again`);
      setTimeout(start, TRY_AGAIN_MS);
    }
  }
}

// ---- Sources

async function refresh() {
  const sources = await call('GET', 'api/v1/sources');
  const ids = new Set(sources.map(source => source.id));
  for (const [id, card] of cards) {
    if (!ids.has(id)) {
      card.element.remove();
      cards.delete(id);
    }
  }
  for (const source of sources) {
    await show(source);
  }
  byId('no-sources').hidden = sources.length > 0;
}

async function show(source) {
  let card = cards.get(source.id);
  if (!card) {
    card = newCard(source.id);
    cards.set(source.id, card);
    byId('sources').append(card.element);
    if (listening) {
      await recall(card);
    }
  }
  card.paused = source.state === 'paused';
  text(card, '.state', source.state + (source.reconnects ? `, reconnected ${source.reconnects} times` : ''));
  const lag = source.lag_millis === undefined ? '' : `${(source.lag_millis / 1000).toFixed(1)} s late. `;
  text(card, '.detail', `${lag}${source.detail || source.uri}`);
  text(card, '.pause', card.paused ? 'Resume' : 'Pause');
  card.element.querySelector('.remove').hidden = source.from_file;
  if (source.state === 'running') {
    picture(card);
  }
}

// What was found before this page listened, or while it had lost the connection.
async function recall(card) {
  const meanwhile = card.meanwhile = [];
  let past;
  try {
    past = await call('GET', `api/v1/sources/${card.id}/verdicts`);
  } finally {
    if (card.meanwhile === meanwhile) {
      card.meanwhile = null;
    } else {
      past = undefined; // It was asked again since, and that answer is newer.
    }
  }
  if (!past) {
    return;
  }
  const known = new Set(past.map(event => event.id));
  card.faces.forEach(face => face.element.remove());
  card.faces.clear();
  [...past, ...meanwhile.filter(event => !known.has(event.id))].forEach(event => take(card, event));
}

function newCard(id) {
  const element = byId('source-card').content.firstElementChild.cloneNode(true);
  const card = {id, element, paused: false, faces: new Map(), seen: 0, meanwhile: null};
  element.querySelector('.name').textContent = id;
  element.querySelector('img').alt = `newest picture of ${id}`;
  element.querySelector('.pause').addEventListener('click', () =>
    act(() => call('POST', `api/v1/sources/${id}/${card.paused ? 'resume' : 'pause'}`)));
  element.querySelector('.remove').addEventListener('click', () =>
    act(() => call('DELETE', `api/v1/sources/${id}`)));
  return card;
}

async function act(action) {
  try {
    await action();
    await refresh();
  } catch (e) {
    tellOfAction(e.message);
  }
}

function text(card, selector, value) {
  const place = card.element.querySelector(selector);
  if (place.textContent !== value) {
    place.textContent = value;
  }
}

async function picture(card) {
  const answer = await fetch(`api/v1/sources/${card.id}/picture`).catch(() => null);
  if (!answer?.ok) {
    return;
  }
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const image = card.element.querySelector('img');
  image.src = 'data:image/jpeg;base64,' + btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''));
  image.hidden = false;
  const width = answer.headers.get('X-Unmask-Width');
  const height = answer.headers.get('X-Unmask-Height');
  card.element.querySelector('.view').style.aspectRatio = `${width} / ${height}`;
  card.element.querySelector('svg').setAttribute('viewBox', `0 0 ${width} ${height}`);
}

byId('add').addEventListener('submit', async event => {
  event.preventDefault();
  byId('add-trouble').textContent = '';
  const source = {id: byId('add-id').value, uri: byId('add-uri').value};
  for (const name of ['username', 'password']) {
    if (byId(`add-${name}`).value) {
      source[name] = byId(`add-${name}`).value;
    }
  }
  try {
    await call('POST', 'api/v1/sources', source);
    byId('add').reset();
    await refresh();
  } catch (e) {
    byId('add-trouble').textContent = e.message;
  }
});

// ---- Verdicts

function listen() {
  listening?.close();
  const stream = listening = new EventSource('api/v1/events');
  // What happens from here on is told; what happened before is asked for now, so that nothing falls between.
  stream.onopen = () => {
    tell('live');
    catchUp();
  };
  stream.onerror = () => {
    tell('connection lost; it is tried again');
    // The browser tries a lost connection again, but no answer that refused one.
    if (stream.readyState === EventSource.CLOSED) {
      setTimeout(() => {
        if (listening === stream) {
          listen();
        }
      }, TRY_AGAIN_MS);
    }
  };
  stream.addEventListener('missed', catchUp);
  const judged = ['verdict', 'classification'].flatMap(of => [`io.unmask.${of}.clip.v1`, `io.unmask.${of}.track.v1`]);
  for (const type of [...judged, 'io.unmask.stream.state.v1']) {
    stream.addEventListener(type, message => {
      const {source, event} = JSON.parse(message.data);
      const card = cards.get(source);
      if (card) {
        take(card, event);
      }
      if (type.includes('track')) {
        reviews().catch(e => tell(e.message));
      }
    });
  }
  stream.addEventListener('shadow', message => {
    const {source, event} = JSON.parse(message.data);
    const card = cards.get(source);
    if (card) {
      takeShadow(card, event);
    }
  });
}

// Asks for what this page was not told.
async function catchUp() {
  const asked = await Promise.allSettled([...[...cards.values()].map(recall), reviews()]);
  const failed = asked.find(answer => answer.status === 'rejected');
  if (failed) {
    tell(failed.reason.message);
  }
}

// The shadow model: its verdicts are shown beside those that count.
function takeShadow(card, event) {
  const face = card.faces.get(faceKey(event));
  if (event.type.includes('.clip.') && face) {
    const one = found(event.data);
    const score = one.p === undefined ? '' : ` (${one.of} ${one.p.toFixed(3)})`;
    face.shadowLine.textContent =
      `shadow ${event.data.model.name} ${event.data.model.version}: ${one.words}${score}`;
  }
}

// Tracks count anew in each session: each file of a folder is one, and each connection of a camera.
function sessionOf(event) {
  const {id, session} = event.data.stream;
  return `${id}/${session}`;
}

function faceKey(event) {
  return `${sessionOf(event)}/${event.data.face?.track ?? 0}`;
}

function take(card, event) {
  card.meanwhile?.push(event);
  const data = event.data;
  if (SESSION_ENDS.includes(data.state)) {
    endSession(card, sessionOf(event));
  }
  if (!event.type.includes('.clip.')) {
    return;
  }
  dropEnded(card, sessionOf(event));
  const track = data.face?.track ?? 0;
  const key = faceKey(event);
  let face = card.faces.get(key);
  if (!face) {
    face = newFace(sessionOf(event), track);
    card.faces.set(key, face);
    card.element.querySelector('.verdicts').append(face.element);
  }
  face.seen = ++card.seen;
  const one = found(data);
  face.strip = [...face.strip, one].slice(-STRIP_LENGTH);
  const frames = data.face?.frames || [];
  face.box = frames.length ? {...frames[frames.length - 1].box, verdict: one.verdict} : null;
  showFace(face, track, one, data.reasons || []);
  forget(card);
  boxes(card);
}

// What was found of a session stays to be read until something is found of another one; nobody is where the boxes were.
function endSession(card, session) {
  for (const face of card.faces.values()) {
    if (face.session === session) {
      face.ended = true;
      face.box = null;
    }
  }
  boxes(card);
}

function dropEnded(card, session) {
  for (const [key, face] of card.faces) {
    if (face.ended && face.session !== session) {
      face.element.remove();
      card.faces.delete(key);
    }
  }
}

function newFace(session, track) {
  const element = document.createElement('div');
  const line = document.createElement('p');
  const strip = document.createElement('div');
  strip.className = 'strip';
  strip.setAttribute('role', 'img');
  const shadowLine = document.createElement('p');
  shadowLine.className = 'shadow';
  element.append(line, strip, shadowLine);
  return {session, track, element, line, shadowLine, stripElement: strip, strip: [], seen: 0, box: null, ended: false};
}

function showFace(face, track, one, reasons) {
  const about = one.p === undefined ? reasons.join(', ') : `${one.of} ${one.p.toFixed(3)}`;
  face.element.className = `verdict ${one.verdict}`;
  face.line.textContent = `${track ? `face ${track}: ` : ''}${one.words} (${about})`;
  face.stripElement.replaceChildren(...face.strip.map(bar));
  const count = words => face.strip.filter(shown => shown.words === words).length;
  const labels = face.strip.filter(shown => shown.verdict === 'labelled').map(shown => shown.words);
  face.stripElement.setAttribute('aria-label', `the last ${face.strip.length} verdicts: ` +
    [...new Set(labels.length ? labels : Object.values(WORDS))].map(words => `${count(words)} ${words}`).join(', '));
}

// A face that several verdicts on others have passed by has left the picture.
function forget(card) {
  for (const [key, face] of card.faces) {
    if (card.seen - face.seen > 2 * card.faces.size) {
      face.element.remove();
      card.faces.delete(key);
    }
  }
}

function bar(one) {
  const element = document.createElement('i');
  element.className = one.verdict;
  element.style.height = `${one.p === undefined ? 12 : 12 + 88 * one.p}%`;
  return element;
}

function boxes(card) {
  const rects = [...card.faces.values()].filter(face => face.box).map(face => {
    const rect = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    rect.setAttribute('class', face.box.verdict);
    for (const name of ['x', 'y', 'width', 'height']) {
      rect.setAttribute(name, face.box[name]);
    }
    return rect;
  });
  card.element.querySelector('svg').replaceChildren(...rects);
}

// ---- Models

async function models() {
  const all = await call('GET', 'api/v1/models');
  for (const [role, word] of [['serving', 'Judges'], ['shadow', 'Shadow'], ['previous', 'Judged before']]) {
    const model = all.find(one => one.role === role);
    const note = model?.note ? `: ${model.note}` : '';
    byId(`model-${role}`).textContent = model ? `${word}: ${model.name} ${model.version} (${model.id})${note}` : '';
    byId(`model-${role}`).hidden = !model;
  }
  byId('promote').hidden = byId('unshadow').hidden = byId('model-shadow').hidden;
  byId('rollback').hidden = byId('model-previous').hidden;
}

const CHANGES = {promote: ['POST', 'promote'], rollback: ['POST', 'rollback'], unshadow: ['DELETE', 'shadow']};
for (const [name, [method, path]] of Object.entries(CHANGES)) {
  byId(name).addEventListener('click', async () => {
    byId('model-trouble').textContent = '';
    try {
      await call(method, `api/v1/models/${path}`);
      await models();
      byId('models').focus();
    } catch (e) {
      byId('model-trouble').textContent = e.message;
    }
  });
}

// ---- Reviews

let askedForReviews = 0;

async function reviews() {
  const asked = ++askedForReviews;
  const waiting = await call('GET', 'api/v1/reviews');
  if (asked !== askedForReviews) {
    return; // Answers may overtake each other; the last question's counts.
  }
  byId('review-count').textContent = `(${waiting.length})`;
  const list = byId('reviews');
  const known = new Set(waiting.map(entry => entry.id));
  for (const element of [...list.children]) {
    if (!known.has(element.dataset.id)) {
      element.remove();
    }
  }
  const shown = new Set([...list.children].map(element => element.dataset.id));
  for (const entry of waiting) {
    if (!shown.has(entry.id)) {
      list.append(review(entry));
    }
  }
}

function review(entry) {
  const element = byId('review-card').content.firstElementChild.cloneNode(true);
  element.dataset.id = entry.id;
  const pFake = entry.p_fake === undefined ? '' : `, p_fake ${entry.p_fake.toFixed(3)}`;
  element.querySelector('h3').textContent =
    `${entry.source}: ${WORDS[entry.verdict]}${pFake}, ${new Date(entry.at).toLocaleString()}, ${entry.model}`;
  for (let n = 0; n < entry.pictures; n++) {
    const image = document.createElement('img');
    image.src = `api/v1/reviews/${entry.id}/pictures/${n}`;
    image.alt = `picture ${n + 1} of the face`;
    element.querySelector('.pictures').append(image);
  }
  for (const button of element.querySelectorAll('button')) {
    button.addEventListener('click', () => say(entry.id, button.dataset.answer, element));
  }
  return element;
}

async function say(id, answer, element) {
  byId('review-trouble').textContent = '';
  if (!byId('who').value.trim()) {
    byId('review-trouble').textContent = 'Say who you are first.';
    byId('who').focus();
    return;
  }
  try {
    await call('POST', `api/v1/reviews/${id}`, {answer, who: byId('who').value.trim()});
    const next = element.nextElementSibling || byId('who');
    element.remove();
    (next.querySelector?.('button') || next).focus();
    await reviews();
  } catch (e) {
    byId('review-trouble').textContent = e.message;
  }
}

setInterval(() => {
  if (!byId('signed-in').hidden && !document.hidden) {
    refresh().then(models).then(tellAlive).catch(e => tell(e.message));
  }
}, 1000);

start();
